import Core
import TestSupport
import Testing

@testable import Delta

@Suite struct PositionRunsTests {
  private static func positions(_ runs: PositionRuns) -> Set<UInt64> {
    Set(runs.runs.flatMap { Array($0) })
  }

  private static func random(
    _ random: inout SeededRandom, below end: Int64, atMost count: Int
  ) -> PositionRuns {
    let chosen = (0..<Int.random(in: 0...count, using: &random)).flatMap { _ -> [Int64] in
      let start = Int64.random(in: 0..<end, using: &random)
      return Array(start...start + Int64.random(in: 0...4, using: &random))
    }
    return PositionRuns(positions: Set(chosen).sorted())
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `sets of positions are what sets are`(_ seed: UInt64) {
    var random = SeededRandom(seed)
    let left = Self.random(&random, below: 60, atMost: 12)
    let right = Self.random(&random, below: 60, atMost: 12)
    let (union, rest) = (left.union(right), left.subtracting(right))
    #expect(Self.positions(union) == Self.positions(left).union(Self.positions(right)))
    #expect(Self.positions(rest) == Self.positions(left).subtracting(Self.positions(right)))
    #expect(union.count == Self.positions(union).count, "seed \(seed)")
    for runs in [union, rest] {
      for (run, next) in zip(runs.runs, runs.runs.dropFirst()) {
        #expect(run.upperBound < next.lowerBound && !run.isEmpty, "seed \(seed)")
      }
    }
    let whole = PositionRuns(upTo: 70)
    #expect(whole.subtracting(left).union(left) == whole)
  }

  /// Blocks of each form, so many that offsets stand or stand not, and positions past 32 bits.
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `what is written is read`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    var positions = PositionRuns()
    for _ in 0..<Int.random(in: 1...7, using: &random) {
      let block = Int64.random(in: 0...4, using: &random) * 65_536
      let start = block + (Bool.random(using: &random) ? 0 : Int64(3) << 32)
      var more = PositionRuns()
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        let length = UInt64.random(in: 1...140_000, using: &random)
        more = PositionRuns([UInt64(start)..<UInt64(start) + length])
      case 1:
        more = PositionRuns(
          positions: stride(from: start, to: start + 65_536, by: 9).map { $0 })
      default:
        let chosen = (0..<50).map { _ in start + Int64.random(in: 0..<65_536, using: &random) }
        more = PositionRuns(positions: Set(chosen).sorted())
      }
      positions = positions.union(more)
    }
    var writer = RoaringWriter()
    writer.append(positions)
    var reader = RoaringReader(writer.bytes)
    #expect(reader.runs() == positions.runs, "seed \(seed)")
    var short = RoaringReader(Array(writer.bytes.dropLast()))
    #expect(short.runs() == nil, "seed \(seed)")
  }

  @Test(arguments: 0...9)
  func `base 85 gives back its bytes`(_ count: Int) {
    var random = SeededRandom(UInt64(count))
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    let zeros = [UInt8](repeating: 0, count: (4 - count % 4) % 4)
    #expect(Z85.decode(Z85.encode(bytes)) == bytes + zeros)
  }
}
