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
    let salts = Self.salts
    forEachPiece(of: hashes) { piece in
      for hash in piece {
        let mixed = Self.mixed(hash)
        blocks[block(of: mixed)] |= Self.bits(of: mixed, salts)
      }
    }
    count += hashes.count
  }

  /// For each key whether it may have been added; when not, it surely was not.
  package func mayHold(_ hashes: [UInt64]) -> [Bool] {
    let salts = Self.salts
    return [Bool](unsafeUninitializedCapacity: hashes.count) { answers, count in
      forEachPiece(of: hashes) { piece in
        for hash in piece {
          let mixed = Self.mixed(hash)
          let bits = Self.bits(of: mixed, salts)
          answers.initializeElement(at: count, to: blocks[block(of: mixed)] & bits == bits)
          count += 1
        }
      }
    }
  }

  /// Gives some hashes at a time, whose blocks were fetched all at once: each alone would wait for
  /// memory.
  @inline(__always)
  private func forEachPiece(
    of hashes: [UInt64], _ body: (UnsafeBufferPointer<UInt64>.SubSequence) -> Void
  ) {
    hashes.withUnsafeBufferPointer { hashes in
      for start in stride(from: 0, to: hashes.count, by: Self.pieceCount) {
        let piece = hashes[start..<min(start + Self.pieceCount, hashes.count)]
        var fetched: UInt32 = 0
        for hash in piece { fetched |= blocks[block(of: Self.mixed(hash))][0] }
        // What was fetched is of no use but to be there; that must not be seen by the compiler.
        withExtendedLifetime(fetched) { body(piece) }
      }
    }
  }

  private static let pieceCount = 32

  @inline(__always)
  private static func mixed(_ hash: UInt64) -> UInt64 {
    KeyEntry.prefix(of: hash) &* 0x9E37_79B9_7F4A_7C15
  }

  @inline(__always)
  private func block(of mixed: UInt64) -> Int {
    Int(truncatingIfNeeded: (mixed >> 32 &* UInt64(blocks.count)) >> 32)
  }

  @inline(__always)
  private static func bits(of mixed: UInt64, _ salts: SIMD8<UInt32>) -> SIMD8<UInt32> {
    let word = UInt32(truncatingIfNeeded: mixed ^ mixed >> 32)
    let shifts = (SIMD8(repeating: word) &* salts) &>> SIMD8(repeating: 27)
    return SIMD8(repeating: 1) &<< shifts
  }
}
