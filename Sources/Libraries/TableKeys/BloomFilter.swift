/// A set of keys that forgets which: it may take an unknown key for a known one (about one in two
/// hundred), never a known one for unknown. Twelve bits a key, one cache line a question.
///
/// It knows keys by the part of the hash that entries keep, so that it can be made from them.
package final class BloomFilter {
  private static let bitsPerKey = 12
  /// One odd factor for each word of a block.
  private static let salts = SIMD8<UInt32>(
    0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947,
    0x5C6B_FB31)

  /// So many keys it is made for.
  package let capacity: Int
  package private(set) var count = 0
  private let blocks: UnsafeMutableBufferPointer<SIMD8<UInt32>>

  package init(capacity: Int) {
    self.capacity = capacity
    let blockCount = max(1, capacity * Self.bitsPerKey / 256)
    blocks = .allocate(capacity: blockCount)
    blocks.initialize(repeating: .zero)
  }

  deinit { blocks.deallocate() }

  /// Adds the keys with `hashes`, or with hashes that begin as they do.
  package func insert(_ hashes: [UInt64]) {
    for hash in hashes {
      let (block, bits) = place(hash)
      blocks[block] |= bits
    }
    count += hashes.count
  }

  /// For each key whether it may have been added; when not, it surely was not. Asked of many at
  /// once, since each waits for memory.
  package func mayHold(_ hashes: [UInt64]) -> [Bool] {
    hashes.map { hash in
      let (block, bits) = place(hash)
      return blocks[block] & bits == bits
    }
  }

  @inline(__always)
  private func place(_ hash: UInt64) -> (block: Int, bits: SIMD8<UInt32>) {
    let mixed = KeyEntry.prefix(of: hash) &* 0x9E37_79B9_7F4A_7C15
    let block = Int(truncatingIfNeeded: (mixed >> 32 &* UInt64(blocks.count)) >> 32)
    let word = UInt32(truncatingIfNeeded: mixed ^ mixed >> 32)
    let shifts = (SIMD8(repeating: word) &* Self.salts) &>> SIMD8(repeating: 27)
    return (block, SIMD8(repeating: 1) &<< shifts)
  }
}
