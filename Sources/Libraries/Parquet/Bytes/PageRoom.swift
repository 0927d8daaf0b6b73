import Core

/// The memory that the pages of one reading of a file may take together: what they unpack into, and
/// the values that are decoded ahead. A few bytes can claim gigabytes; what the file can hold and
/// what the run allows is the limit. Used by one thread at a time.
final class PageRoom {
  /// What a byte of a file may stand for beside the run's limit: files of many columns have a page
  /// of each in hand, and columns that say little are packed a hundredfold.
  private static let unpackedBytesPerByte = 64
  /// Values that a file of any size may have.
  private static let leastCellCount = 1 << 24
  /// Values that a byte of a file may stand for: writers end a run of equal ones long before.
  private static let cellsPerByte = 1 << 12

  private let limit: Int
  private var taken = 0

  /// The room for a file of `byteCount` bytes in a run whose limit of a piece is `pieceLimit`.
  init(fileByteCount byteCount: Int, pieceLimit: Int = PieceLimit.byteCount) {
    let (sum, overflow) = byteCount.multipliedReportingOverflow(by: Self.unpackedBytesPerByte)
    limit = overflow ? Int.max : pieceLimit.saturatingAdd(sum)
  }

  /// Takes room for `count` bytes of `what`; damage when there is not as much.
  func take(_ count: Int, for what: String) throws(Damage) {
    guard count <= limit - taken else {
      throw .tooLarge("\(what) of \(count) bytes is more than the \(limit) that a run may take")
    }
    taken += count
  }

  /// Gives room back.
  func give(_ count: Int) { taken -= count }

  /// Checks that a file of `byteCount` bytes may hold `count` values, NULLs among them.
  static func check(cellCount count: Int, fileByteCount byteCount: Int) throws(Damage) {
    guard count > leastCellCount, count / cellsPerByte > byteCount else { return }
    throw Damage("the file claims \(count) values in \(byteCount) bytes")
  }
}

/// Room that is given back when nobody has this any more.
final class PageRoomHold {
  private let room: PageRoom
  private let count: Int

  init(_ room: PageRoom, _ count: Int, for what: String) throws(Damage) {
    try room.take(count, for: what)
    self.room = room
    self.count = count
  }

  deinit { room.give(count) }
}
