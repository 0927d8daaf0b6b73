import Glibc

/// Room for bytes that ends where memory may not be touched: who reads or writes one byte too many
/// is ended by the system, with or without a sanitizer.
final class GuardedBytes {
  private static let pageByteCount = 4_096
  private let start: UnsafeMutablePointer<UInt8>
  private let byteCount: Int

  /// Room for inputs of up to `byteCount` bytes.
  init(byteCount: Int) {
    let pages = (byteCount + Self.pageByteCount - 1) / Self.pageByteCount + 1
    self.byteCount = (pages - 1) * Self.pageByteCount
    let memory = mmap(
      nil, pages * Self.pageByteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED,
      mprotect(memory + self.byteCount, Self.pageByteCount, PROT_NONE) == 0
    else { preconditionFailure("the system gives memory to guard") }
    start = memory.assumingMemoryBound(to: UInt8.self)
  }

  deinit { munmap(start, byteCount + Self.pageByteCount) }

  /// Calls `body` with a copy of `input`, behind which there is room for `more` bytes and no other.
  func with<Result>(
    _ input: [UInt8], more: Int = 0, _ body: (UnsafeMutablePointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    precondition(input.count + more <= byteCount)
    let copy = start + (byteCount - input.count - more)
    input.withUnsafeBufferPointer { bytes in
      if let address = bytes.baseAddress { copy.update(from: address, count: bytes.count) }
    }
    return try body(copy)
  }
}
