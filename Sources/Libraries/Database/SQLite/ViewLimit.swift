import CSQLite
import Core

/// How much a view may be worked on: one that goes on from itself may have no end. A view does
/// not tell how many rows it has, but what it rests on is in the file.
final class ViewLimit {
  /// Steps of SQLite's machine for a file of any size, and for each byte of it.
  private static let leastStepCount = 1 << 27
  private static let stepsPerByte = 1 << 13
  /// Steps after which is looked.
  private static let interval: Int32 = 1 << 20

  /// Whether the view was given up.
  private(set) var isReached = false
  private let handle: OpaquePointer
  private var stepsLeft: Int

  /// Watches what `source`, whose file has `byteCount` bytes, does until this is gone.
  init(_ source: SQLiteConnection, byteCount: Int) {
    handle = source.handle
    let (product, overflow) = byteCount.multipliedReportingOverflow(by: ViewLimit.stepsPerByte)
    stepsLeft = overflow ? .max : product.saturatingAdd(ViewLimit.leastStepCount)
    sqlite3_progress_handler(
      handle, ViewLimit.interval,
      { limit in
        guard let limit else { return 0 }
        return Unmanaged<ViewLimit>.fromOpaque(limit).takeUnretainedValue().goesOn() ? 0 : 1
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { sqlite3_progress_handler(handle, 0, nil, nil) }

  private func goesOn() -> Bool {
    stepsLeft -= Int(ViewLimit.interval)
    isReached = stepsLeft < 0
    return !isReached
  }
}
