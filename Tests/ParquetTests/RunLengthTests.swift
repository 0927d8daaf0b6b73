import TestSupport
import Testing

@testable import Parquet

/// Runs and groups of codes and levels, whatever lies between runs of whatever length.
@Suite struct RunLengthTests {
  /// Numbers below 16 in runs whose lengths stand around eight, which is the shortest that is one.
  private static func numbers(using random: inout SeededRandom) -> [Int32] {
    var numbers: [Int32] = []
    for _ in 0..<Int.random(in: 0...60, using: &random) {
      let length = [1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 40]
        .randomElement(using: &random)
      numbers += repeatElement(Int32.random(in: 0..<16, using: &random), count: length ?? 1)
    }
    return numbers
  }

  /// The same by the plain rule: value by value, a run where eight are left once the group before
  /// it is full. Codes are four bits wide.
  private static func plainly(_ numbers: [Int32]) -> [UInt8] {
    var bytes: [UInt8] = []
    func header(_ value: Int) {
      var rest = value
      while rest >= 128 {
        bytes.append(UInt8(rest & 127 | 128))
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    func groups(_ range: Range<Int>) {
      if range.isEmpty { return }
      let count = (range.count + 7) / 8
      header(count << 1 | 1)
      let padded = numbers[range] + [Int32](repeating: 0, count: count * 8 - range.count)
      for pair in stride(from: padded.startIndex, to: padded.endIndex, by: 2) {
        bytes.append(UInt8(padded[pair] | padded[pair + 1] << 4))
      }
    }
    var literals = 0
    var next = 0
    while next < numbers.count {
      let end = numbers[next...].firstIndex { $0 != numbers[next] } ?? numbers.count
      let filler = (8 - (next - literals) % 8) % 8
      if end - next - filler >= 8 {
        groups(literals..<next + filler)
        header((end - next - filler) << 1)
        bytes.append(UInt8(numbers[next]))
        literals = end
      }
      next = end
    }
    groups(literals..<numbers.count)
    return bytes
  }

  @Test(arguments: 1...400 as ClosedRange<UInt64>)
  func `runs begin where the plain rule has them`(seed: UInt64) {
    var random = SeededRandom(seed)
    let numbers = Self.numbers(using: &random)
    #expect(runLengthEncoded(numbers, width: 4) == Self.plainly(numbers), "seed \(seed)")
  }
}
