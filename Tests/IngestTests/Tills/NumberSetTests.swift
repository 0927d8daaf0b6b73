import TestSupport
import Testing

@testable import Ingest

@Suite struct NumberSetTests {
  private func runs(_ numbers: Set<Int64>) -> [ClosedRange<Int64>] {
    var runs: [ClosedRange<Int64>] = []
    for number in numbers.sorted() {
      if let last = runs.last, last.upperBound == number - 1 {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `it is what a set of all the numbers is`(seed: UInt64) {
    var random = SeededRandom(seed)
    var all: Set<Int64> = []
    var numbers = NumberSet()
    for step in 0..<100 {
      let start = Int64.random(in: 0...150, using: &random)
      let run = start...(start + Int64.random(in: 0...9, using: &random))
      let newCount = run.count { !all.contains($0) }
      all.formUnion(run)
      #expect(numbers.insert(run) == newCount, "seed \(seed), step \(step)")
      #expect(numbers.runs == runs(all), "seed \(seed), step \(step)")
    }
    let missing = Set((all.min() ?? 0)...(all.max() ?? 0)).subtracting(all)
    #expect(numbers.gaps == runs(missing), "seed \(seed)")
    if let least = numbers.gaps.first {
      #expect(numbers.closeLeastGap() == least)
      #expect(numbers.runs == runs(all.union(least)), "seed \(seed)")
    }
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `runs are taken from runs`(seed: UInt64) {
    var random = SeededRandom(seed)
    func some() -> Set<Int64> {
      Set((0..<Int64(60)).filter { _ in Bool.random(using: &random) })
    }
    let (left, right) = (some(), some())
    #expect(
      runs(left).subtracting(runs(right)).flatMap { $0 } == left.subtracting(right).sorted(),
      "seed \(seed)")
  }

  @Test func `the greatest numbers do no harm`() {
    var numbers = NumberSet()
    for number in [0, .max - 1, 999_999_999_999_999_999] as [Int64] {
      #expect(numbers.insert(number...number) == 1)
    }
    #expect(numbers.gaps.count == 2)
    #expect(NumberSet(runs: [5...9, 10...11]) == nil && NumberSet(runs: [5...9, 1...2]) == nil)
  }
}
