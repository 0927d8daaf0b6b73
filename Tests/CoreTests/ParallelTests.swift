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

  @Test(arguments: [0, 1, 2, 5])
  func `ordered work comes back in the order of its items`(_ threads: Int) throws {
    let work = OrderedWork<Int, Int>(threads: threads) { $0 * 2 }
    var got: [Int] = []
    for number in 0..<1_000 {
      if work.pendingCount > 7, let output = try work.next() { got.append(output) }
      work.add(number)
    }
    while let output = try work.next() { got.append(output) }
    #expect(got == (0..<1_000).map { $0 * 2 })
    #expect(try work.next() == nil)
  }

  @Test func `ordered work fails where its item stands, and may be left early`() throws {
    let work = OrderedWork<Int, Int>(threads: 3) { number in
      if number == 2 { throw Broken(number: number) }
      return number
    }
    for number in 0..<50 { work.add(number) }
    #expect(try work.next() == 0)
    #expect(try work.next() == 1)
    #expect(throws: Broken(number: 2)) { _ = try work.next() }
    #expect(try work.next() == 3)
  }

  @Test func `ordered work without threads fails where its item stands`() throws {
    let work = OrderedWork<Int, Int>(threads: 0) { number in
      if number == 1 { throw Broken(number: number) }
      return number
    }
    for number in 0..<3 { work.add(number) }
    #expect(try work.next() == 0)
    #expect(throws: Broken(number: 1)) { _ = try work.next() }
    #expect(try work.next() == 2)
    #expect(try work.next() == nil)
  }

  @Test func `elements that nobody makes ahead come in order, then the end or a failure`() throws {
    var made = 0
    let numbers = Prefetch<Int>(capacity: 0) {
      made += 1
      if made == 3 { throw Broken(number: made) }
      return made
    }
    #expect(try numbers.next() == 1)
    #expect(try numbers.next() == 2)
    #expect(throws: Broken(number: 3)) { _ = try numbers.next() }
    #expect(try numbers.next() == nil)
    let none = Prefetch<Int>(capacity: 0) { nil }
    #expect(try none.next() == nil)
    #expect(try none.next() == nil)
  }
}
