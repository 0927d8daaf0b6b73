import Core
import JSON
import Testing

@testable import Retailer

/// What the tills send, as bytes.
@Suite struct EventStreamTests {
  @Test func `the same seed gives the same bytes for ever`() {
    #expect(hexText(SHA256.digest(of: Tills().bytes(0..<3))) == EventStreamTests.digest)
    var other = Tills()
    other.scale.seed = 2
    #expect(other.bytes(0..<1) != Tills().bytes(0..<1))
  }

  /// Another value means that data made before cannot be made again.
  private static let digest =
    "f2e4bfaae5149b740f43c67978404e5c2d1052a3a74ccf1052278088df90cf75"

  @Test func `a day alone is the day within any range`() {
    let tills = Tills()
    #expect(tills.bytes(0..<2) + tills.bytes(2..<5) == tills.bytes(0..<5))
  }

  @Test func `a day has the events asked for, those sent again on top`() {
    var tills = Tills()
    tills.rates = Rates(duplicates: 0.1, bad: 0)
    let events = tills.events(0..<1)
    let count = Volume(averageCount: 2_000).count(Tills.firstDay)
    let numbers = Set(events.compactMap { $0.text("transaction_id") })
    let ofDay = numbers.filter { $0.hasPrefix("T20454") }
    #expect(ofDay.count == count)
    #expect(events.count > count + count / 20)
  }

  @Test func `what is sent again is the same to the byte`() {
    var tills = Tills()
    tills.rates.duplicates = 0.2
    var seen: [String: ArraySlice<UInt8>] = [:]
    var again = 0
    for line in tills.lines(0..<2) {
      guard let id = (try? JSONValue(parsing: Array(line)))?["event_id"]?.string else { continue }
      if let first = seen[id] {
        #expect(first == line)
        again += 1
      }
      seen[id] = line
    }
    #expect(again > 400)
  }

  @Test func `no event is longer than the room kept for it`() {
    var tills = Tills()
    tills.averageLines = 50
    tills.averageCount = 500
    let longest = EventWriter(tills.book, .text).longestEvent
    #expect(tills.lines(0..<2).allSatisfy { $0.count < longest })
  }

  @Test(arguments: [1.0, 2.5, 3.0, 10.0])
  func `sales have as many lines as asked for`(_ average: Double) {
    let sizes = BasketSizes(average: average)
    var dice = Dice(1)
    let count = (0..<100_000).reduce(0) { sum, _ in sum + sizes.draw(dice.next()) }
    #expect(abs(Double(count) / 100_000 - average) < average * 0.03)
  }

  @Test func `each flaw leaves one line that is not the event it was`() {
    let event = [UInt8](
      """
      {"schema_version":1,"event_id":"a","event_type":"sale","event_time":"2026-01-01T10:00:00Z",\
      "store_id":"S1","transaction_id":"T1","currency":"USD","lines":[{"line_no":1,"sku":"P1",\
      "quantity":1,"unit_price":"1.00"}],"payments":[]}
      """.utf8)
    for flaw in Flaw.allCases {
      for roll: UInt64 in [0, 255] {
        let spoiled = flaw.spoil(event, roll)
        #expect(spoiled != event)
        #expect(!spoiled.contains(UInt8(ascii: "\n")))
        let isJSON = (try? JSONValue(parsing: spoiled)) != nil
        #expect(isJSON == (flaw != .cutOff && flaw != .notJSON), "\(flaw)")
      }
    }
  }
}
