/// What an index holds of a key: 48 bits of its hash, and the number of the partition it is in.
///
/// Entries are plain 64-bit numbers, so that sorting them sorts by hash.
package enum KeyEntry {
  /// The partition of a key that may be in any.
  static let anyPartition: UInt16 = .max

  private static let partitionBits: UInt64 = 0xFFFF

  /// The entry of a key with `hash` in the partition numbered `partition`.
  package static func make(_ hash: UInt64, partition: UInt16) -> UInt64 {
    hash & ~partitionBits | UInt64(partition)
  }

  /// The part of a hash that entries keep.
  package static func prefix(of hash: UInt64) -> UInt64 { hash & ~partitionBits }

  /// The number of an entry's partition.
  static func partition(of entry: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: entry) }

  /// Sorts entries, least first: six counting passes of eleven bits, each over both halves of a
  /// table of their size.
  static func sort(_ entries: inout [UInt64]) {
    guard entries.count > 256 else { return entries.sort() }
    var other = [UInt64](repeating: 0, count: entries.count)
    for pass in 0..<6 {
      let shift = UInt64(pass * 11)
      entries.withUnsafeBufferPointer { source in
        other.withUnsafeMutableBufferPointer { target in
          distribute(source, into: target, by: shift)
        }
      }
      swap(&entries, &other)
    }
  }

  private static func distribute(
    _ source: UnsafeBufferPointer<UInt64>, into target: UnsafeMutableBufferPointer<UInt64>,
    by shift: UInt64
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 2_048) { places in
      places.initialize(repeating: 0)
      for value in source { places[Int(value >> shift & 2_047)] += 1 }
      var sum = 0
      for digit in 0..<2_048 {
        let count = places[digit]
        places[digit] = sum
        sum += count
      }
      for value in source {
        let digit = Int(value >> shift & 2_047)
        target[places[digit]] = value
        places[digit] += 1
      }
    }
  }

  /// Entries as little-endian bytes.
  static func bytes(of entries: some Collection<UInt64>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 8)
    for entry in entries {
      withUnsafeBytes(of: entry.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// The entries that little-endian bytes spell; bytes left over are passed over.
  static func entries(in bytes: [UInt8]) -> [UInt64] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { index in
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
    }
  }
}
