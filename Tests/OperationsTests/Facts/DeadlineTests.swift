import Core
import Runs
import Testing

@testable import Operations

/// Deadlines are times of people's clocks, on nights of 23 and 25 hours too.
@Suite struct DeadlineTests {
  private let place = Place("alerts.yml", line: 1)

  private func time(_ text: String) throws -> Timestamp {
    try #require(Timestamp(rfc3339Text: text))
  }

  @Test(arguments: [
    ("2026-03-28T12:00:00Z", "2026-03-28T05:30:00Z", "2026-03-29T04:30:00Z"),
    ("2026-03-29T04:29:59Z", "2026-03-28T05:30:00Z", "2026-03-29T04:30:00Z"),
    ("2026-03-29T04:30:00Z", "2026-03-29T04:30:00Z", "2026-03-30T04:30:00Z"),
    ("2026-10-25T05:00:00Z", "2026-10-24T04:30:00Z", "2026-10-25T05:30:00Z"),
    ("2026-10-24T22:30:00Z", "2026-10-24T04:30:00Z", "2026-10-25T05:30:00Z"),
  ])
  func `each day has one`(_ now: String, _ last: String, _ next: String) throws {
    let deadline = try Deadline("06:30 Europe/Berlin", at: place)
    #expect(deadline.last(before: try time(now)) == (try time(last)))
    #expect(deadline.next(after: try time(now)) == (try time(next)))
  }

  @Test func `what was built before its window is of the day before`() throws {
    let due = try time("2026-03-29T04:30:00Z")
    #expect(
      try Deadline("06:30 Europe/Berlin", at: place).opening(of: due)
        == (try time("2026-03-28T22:30:00Z")))
    #expect(
      try Deadline("06:30 Europe/Berlin within 10h", at: place).opening(of: due)
        == (try time("2026-03-28T18:30:00Z")))
  }

  @Test(arguments: [
    "", "6:30 Europe/Berlin", "06:30", "24:00 UTC", "06:60 UTC", "06:30 Europe/Nowhere",
    "06:30 UTC within", "06:30 UTC within long", "06:30 UTC after 3h", "-6:30 UTC",
  ])
  func `what is no deadline is refused`(_ text: String) {
    #expect(throws: Fault.self) { try Deadline(text, at: place) }
  }

  @Test func `a table that was not built in time is a problem, and one that will not be`() throws {
    var rule = AlertRule(.deadline, at: place)
    rule.severity = .critical
    var facts = OperationFacts(now: try time("2026-03-10T05:31:00Z"))
    facts.deadlines = ["gold.sales": try Deadline("06:30 Europe/Berlin", at: place)]
    #expect(MissedDeadlines(facts: facts, rule: rule).problems.map(\.cause) == ["missed"])
    var state = OperationFacts.TableState("gold.sales", layer: "gold")
    state.changed = try time("2026-03-09T22:00:00Z")
    facts.tables = [state]
    #expect(MissedDeadlines(facts: facts, rule: rule).problems.map(\.cause) == ["missed"])
    facts.tables[0].changed = try time("2026-03-10T01:00:00Z")
    #expect(MissedDeadlines(facts: facts, rule: rule).problems.isEmpty)
    // Ten minutes before the next one, with half an hour of work left.
    facts.now = try time("2026-03-11T05:20:00Z")
    for night in 1...4 as ClosedRange<Int64> {
      let began = try #require(try time("2026-03-01T03:00:00Z").adding(seconds: night * 86_400))
      var row = RunRow("r\(night)", job: "gold.sales", command: [], startedAt: began)
      row.endedAt = began.adding(seconds: 1_800)
      row.exitStatus = 0
      row.amounts.wallMicroseconds = 1_800_000_000
      facts.runs.append(.init(row, .done))
    }
    let risk = MissedDeadlines(facts: facts, rule: rule).problems
    #expect(risk.map(\.cause) == ["at risk"])
    #expect(risk.map(\.severity) == [.warning])
    facts.now = try time("2026-03-11T04:00:00Z")
    #expect(MissedDeadlines(facts: facts, rule: rule).problems.isEmpty)
  }

  @Test func `quiet hours end by the zone's clocks, and hold back what is not bad`() throws {
    let zone = try #require(ZoneRules.named("Europe/Berlin"))
    let hours = QuietHours(zone: zone, from: 22 * 60, to: 6 * 60, severity: .error)
    let night = try time("2026-03-28T23:00:00Z")
    #expect(hours.opening(for: .warning, at: night) == (try time("2026-03-29T04:00:00Z")))
    #expect(hours.opening(for: .error, at: night) == night)
    let noon = try time("2026-03-28T11:00:00Z")
    #expect(hours.opening(for: .warning, at: noon) == noon)
  }

  @Test func `a pattern stands for many names`() {
    for (pattern, name, fits) in [
      ("gold.*", "gold.sales", true), ("gold.*", "silver.gold.x", false), ("*", "", true),
      ("*sales", "gold.sales", true), ("g*s*s", "gold.sales", true), ("a*a", "a", false),
      ("gold.sales", "GOLD.Sales", true), ("gold", "gold.sales", false), ("a**b", "ab", true),
    ] {
      #expect(NamePattern(pattern).matches(name) == fits, "\(pattern) \(name)")
    }
  }

  @Test func `one bad night does not move a trend`() throws {
    let trend = try #require(Usual([60, 61, 59, 62, 60, 900]))
    #expect(trend.middle == 60.5)
    #expect(trend.isExceeded(by: 130, factor: 2))
    #expect(!trend.isExceeded(by: 100, factor: 2))
    #expect(Usual([1, 2, 3, 4]) == nil)
  }
}
