import Compression
import TestSupport
import Testing

@Suite struct LZ4Tests {
  private func decompressed(
    _ block: [UInt8], _ count: Int, frames: Bool = false
  ) -> [UInt8]? {
    var target = [UInt8](repeating: 0, count: count)
    let isGood = block.withUnsafeBytes { source in
      target.withUnsafeMutableBytes {
        frames ? LZ4.decompressFrames(source, into: $0) : LZ4.decompress(source, into: $0)
      }
    }
    return isGood ? target : nil
  }

  @Test func `literals, copies that overlap and long counts are read`() {
    // "ab", copied 20 bytes from 2 back, then "!".
    #expect(
      decompressed([0x2F, 0x61, 0x62, 2, 0, 1, 0x10, 0x21], 23)
        == Array("abababababababababababab".utf8.prefix(22)) + [0x21])
    let long = [UInt8](repeating: 0x78, count: 300)
    #expect(decompressed([0xF0, 255, 30] + long, 300) == long)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `what an encoder makes comes back, in frames too, and damage stays in its bounds`(
    seed: UInt64
  ) {
    var random = SeededRandom(seed)
    let bytes = compressible(Int.random(in: 1...3_000, using: &random), &random)
    var block = encoded(bytes)
    #expect(decompressed(block, bytes.count) == bytes, "seed \(seed)")
    #expect(decompressed(block, bytes.count + 1) == nil, "seed \(seed)")
    let frame = number(bytes.count) + number(block.count) + block
    #expect(decompressed(frame, bytes.count, frames: true) == bytes, "seed \(seed)")
    #expect(decompressed(block, bytes.count, frames: true) == bytes, "seed \(seed)")
    for _ in 0..<20 {
      block[Int.random(in: 0..<block.count, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
      let back = decompressed(block, bytes.count)
      #expect(back == nil || back?.count == bytes.count, "seed \(seed)")
    }
  }

  private func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// A plain encoder: the nearest earlier run of four bytes is copied as far as it goes.
  private func encoded(_ bytes: [UInt8]) -> [UInt8] {
    var block: [UInt8] = []
    var last: [[UInt8]: Int] = [:]
    var literals = 0
    var at = 0
    while at + 4 <= bytes.count {
      let run = Array(bytes[at..<at + 4])
      defer { at += 1 }
      guard let start = last.updateValue(at, forKey: run), at - start < 65_536 else { continue }
      var count = 4
      while at + count < bytes.count - 1, bytes[start + count] == bytes[at + count] { count += 1 }
      if at + count >= bytes.count { continue }
      sequence(bytes[literals..<at], copied: count, back: at - start, to: &block)
      at += count - 1
      literals = at + 1
    }
    sequence(bytes[literals...], copied: nil, back: 0, to: &block)
    return block
  }

  private func sequence(
    _ literals: ArraySlice<UInt8>, copied: Int?, back: Int, to block: inout [UInt8]
  ) {
    let copy = copied.map { $0 - 4 } ?? 0
    block.append(UInt8(min(literals.count, 15) << 4 | min(copy, 15)))
    append(rest: literals.count, to: &block)
    block += literals
    guard copied != nil else { return }
    block += [UInt8(back & 255), UInt8(back >> 8)]
    append(rest: copy, to: &block)
  }

  private func append(rest count: Int, to block: inout [UInt8]) {
    guard count >= 15 else { return }
    var rest = count - 15
    while rest >= 255 {
      block.append(255)
      rest -= 255
    }
    block.append(UInt8(rest))
  }
}
