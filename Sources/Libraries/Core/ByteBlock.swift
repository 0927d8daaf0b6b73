/// Bytes in memory that is filled again and again, so that the system is asked for it once.
///
/// Owned by one thread at a time; who hands it on no longer touches it.
@safe
package final class ByteBlock: @unchecked Sendable {
  // More of an alignment than what every block has would be asked for by a way of its own, which
  // leaves a hole of each block that is given back: a run over many files would grow by them all.
  private static let alignment = 16
  // The memory is `capacity` bytes long, of which the first `count` are filled; nobody else has it.
  private var memory: UnsafeMutableRawBufferPointer
  /// How many bytes are filled.
  package private(set) var count = 0

  /// A block with room for `capacity` bytes.
  package init(capacity: Int) {
    memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, capacity), alignment: ByteBlock.alignment)
  }

  deinit { memory.deallocate() }

  /// How many bytes there is room for.
  package var capacity: Int { memory.count }

  /// The filled bytes, valid until the block changes.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<count])
  }

  /// Makes room for `capacity` bytes in all; what is filled stays.
  package func reserve(_ capacity: Int) {
    guard capacity > memory.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(capacity, memory.count * 3 / 2), alignment: ByteBlock.alignment)
    larger.copyMemory(from: bytes)
    memory.deallocate()
    memory = larger
  }

  /// Appends `bytes`.
  package func append(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    reserve(count + bytes.count)
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  /// Appends `bytes`.
  package func append(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// Keeps the first `count` bytes.
  package func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count, "what is kept was appended")
    self.count = count
  }

  /// Lets `body` write to the whole memory; what it returns is how many bytes are filled then.
  package func rewrite<Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) {
    let filled = try body(memory)
    precondition(filled >= 0 && filled <= memory.count, "a body fills what it was given")
    count = filled
  }
}
