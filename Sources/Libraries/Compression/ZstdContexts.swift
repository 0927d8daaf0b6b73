import CZstd
import Synchronization

/// What zstd works with to decompress blocks: so much memory that the system gives it page by page
/// and takes it back, too dear for each column of each file. What one reader leaves, the next
/// takes.
enum ZstdContexts {
  /// A context that nobody uses.
  private struct Idle: @unchecked Sendable {
    let context: OpaquePointer
  }

  private static let mostIdle = 16
  private static let idle = Mutex<[Idle]>([])

  /// A context that nobody else has; nil when there is no memory for one.
  static func take() -> OpaquePointer? {
    idle.withLock { $0.popLast() }?.context ?? ZSTD_createDCtx()
  }

  /// Gives back what `take` gave.
  static func leave(_ context: OpaquePointer) {
    let returned = Idle(context: context)
    let isKept = idle.withLock { contexts in
      guard contexts.count < mostIdle else { return false }
      contexts.append(returned)
      return true
    }
    if !isKept { ZSTD_freeDCtx(context) }
  }
}
