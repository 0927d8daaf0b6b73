import Core
import Testing

@Suite struct ParallelTests {
  private struct Broken: Error, Equatable { let number: Int }

  @Test(arguments: [1, 2, 5])
  func `results stand in the order of the items`(_ threads: Int) throws {
    let numbers = Array(0..<1_000)
    #expect(try parallelMap(numbers, threads: threads) { $0 * 2 } == numbers.map { $0 * 2 })
    #expect(try parallelMap([Int](), threads: threads) { $0 } == [])
  }

  @Test func `the first failure in order is thrown`() {
    let failure = #expect(throws: Broken.self) {
      _ = try parallelMap(Array(0..<100), threads: 4) { number in
        if number >= 7 { throw Broken(number: number) }
        return number
      }
    }
    #expect(failure == Broken(number: 7))
  }

  @Test func `elements made ahead come in order, then the end`() throws {
    var made = 0
    let ahead = Prefetch<Int>(capacity: 3) {
      made += 1
      return made <= 100 ? made : nil
    }
    var got: [Int] = []
    while let number = try ahead.next() { got.append(number) }
    #expect(got == Array(1...100))
    #expect(try ahead.next() == nil)
  }

  @Test func `a failing producer fails its reader`() throws {
    var made = 0
    let ahead = Prefetch<Int>(capacity: 1) {
      made += 1
      if made == 3 { throw Broken(number: made) }
      return made
    }
    #expect(try ahead.next() == 1)
    #expect(try ahead.next() == 2)
    #expect(throws: Broken(number: 3)) { _ = try ahead.next() }
    #expect(try ahead.next() == nil)
  }

  @Test func `a reader may leave early`() throws {
    let ahead = Prefetch<Int>(capacity: 2) { 1 }
    #expect(try ahead.next() == 1)
  }
}
