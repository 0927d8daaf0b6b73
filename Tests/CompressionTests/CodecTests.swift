import Compression
import Core
import TestSupport
import Testing

@Suite struct CodecTests {
  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func `a block comes back as it was`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let block = compressible(Int.random(in: 0...100_000, using: &random), &random)
    for codec in Codec.allCases {
      let small = try codec.compress(block: block)
      let back = try codec.decompress(block: small, expectedByteCount: block.count)
      #expect(back == block, "seed \(seed), \(codec)")
    }
  }

  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func `a damaged block is a fault or other bytes, never more`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let block = compressible(5_000, &random)
    for codec in [Codec.gzip, .zstd, .snappy] {
      var small = try codec.compress(block: block)
      for _ in 0..<20 {
        small[Int.random(in: 0..<small.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
        let back = try? codec.decompress(block: small, expectedByteCount: block.count)
        #expect(back == nil || back?.count == block.count, "seed \(seed), \(codec)")
      }
    }
  }

  @Test(arguments: [Codec.gzip, .zstd, .snappy])
  func `a block of another length than expected is refused`(_ codec: Codec) throws {
    let small = try codec.compress(block: [UInt8](repeating: 7, count: 1_000))
    for count in [0, 999, 1_001, 1 << 40] {
      let fault = #expect(throws: Fault.self) {
        try codec.decompress(block: small, expectedByteCount: count, at: Place("part.parquet"))
      }
      #expect(fault?.kind == .data)
      #expect(fault?.place == Place("part.parquet"))
    }
  }
}

/// `count` bytes, some of them repeating what stood before.
func compressible(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
  var bytes: [UInt8] = []
  while bytes.count < count {
    if bytes.count > 20, Bool.random(using: &random) {
      let start = Int.random(in: 0..<(bytes.count - 10), using: &random)
      bytes.append(contentsOf: Array(bytes[start..<(start + 10)]))
    } else {
      bytes.append(UInt8.random(in: 0...255, using: &random))
    }
  }
  return Array(bytes.prefix(count))
}
