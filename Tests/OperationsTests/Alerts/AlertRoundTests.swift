import Core
import Database
import JSON
import Runs
import TestSupport
import Testing

@testable import Operations

/// One problem, one alert: opened, updated, escalated, silenced, resolved.
@Suite struct AlertRoundTests {
  private let work = Workdir()
  private let start = Timestamp.ofTests
  private let book: AlertBook
  private var file = AlertsFile()

  init() throws {
    book = try AlertBook(try RunLedger(lake: work.path).connection)
    for name in ["one", "two"] {
      file.channels.append(
        Channel(name, .file(path: work.file("\(name).ndjson")), at: Place("alerts.yml", line: 1)))
    }
    var rule = AlertRule(.failed, at: Place("alerts.yml", line: 2))
    rule.channels = ["one"]
    rule.escalation = AlertRule.Escalation(seconds: 1_800, channels: ["two"])
    file.rules = [rule]
  }

  private func after(_ minutes: Int64) -> Timestamp { start.adding(seconds: minutes * 60) ?? start }

  /// Runs of a job, one a minute, each with its status; of parts of a run too.
  private func facts(_ jobs: [String: [Int]], at minutes: Int64) -> OperationFacts {
    var facts = OperationFacts(now: after(minutes))
    for (job, statuses) in jobs.sorted(by: { $0.key < $1.key }) {
      facts.inputs[job] = facts.inputs[job] ?? []
      for (index, status) in statuses.enumerated() {
        var row = RunRow(
          "\(job)-\(index)", job: job, command: ["make", job], startedAt: after(Int64(index)))
        row.endedAt = after(Int64(index) + 1)
        row.exitStatus = status
        if status != 0 { row.cause = "\(job).sql:\(index): no column 'c\(index)'" }
        facts.runs.append(.init(row, status == 0 ? .done : .failed))
      }
    }
    return facts
  }

  private func round(_ facts: OperationFacts) throws {
    let problems = ProblemFinder(facts, file).problems(ProblemFinder.ofFacts)
    try AlertRound(book, file, source: "vm:lake", at: facts.now)
      .take(problems, of: ProblemFinder.ofFacts)
    let courier = Courier(LocalFileSystem(), clock: Clock(now: facts.now)) { $0 }
    #expect(
      try Dispatch(book, file, courier, source: "vm:lake", at: facts.now).run().isEmpty)
  }

  /// What a channel was told, in order.
  private func told(_ name: String) throws -> [String] {
    let path = work.file("\(name).ndjson")
    guard try LocalFileSystem().exists(path) else { return [] }
    return String(decoding: try LocalFileSystem().read(path), as: UTF8.self)
      .split(separator: "\n").compactMap { line in
        (try? JSONLine(String(line)))?.words
      }
  }

  @Test func `two hundred failures of one cause are one alert, and one end`() throws {
    for count in [1, 2, 50, 200] {
      try round(
        facts(["gold.sales": Array(repeating: 1, count: count)], at: Int64(min(count, 20))))
    }
    let alert = try #require(try book.alerts().first)
    #expect(try book.alerts().count == 1)
    #expect(alert.count == 200)
    #expect(try told("one") == ["trigger gold.sales failed with status 1"])
    try round(facts(["gold.sales": Array(repeating: 1, count: 200) + [0]], at: 201))
    try round(facts(["gold.sales": Array(repeating: 1, count: 200) + [0]], at: 202))
    #expect(
      try told("one") == [
        "trigger gold.sales failed with status 1", "resolve gold.sales failed with status 1",
      ])
    #expect(try book.alerts().isEmpty)
  }

  @Test func `what comes back is told again, and is the same alert`() throws {
    for (statuses, minute) in [([1], 1), ([1, 0], 2), ([1, 0, 1], 3)] as [([Int], Int64)] {
      try round(facts(["gold.sales": statuses], at: minute))
    }
    #expect(try told("one").map { $0.prefix(7) } == ["trigger", "resolve", "trigger"])
    #expect(try book.alerts(all: true).map(\.episodes) == [2])
  }

  @Test func `what nobody acknowledges is told to others, once`() throws {
    let failing = facts(["gold.sales": [1]], at: 1)
    try round(failing)
    for minute in [30, 31, 90] as [Int64] {
      var later = failing
      later.now = after(minute)
      try round(later)
    }
    #expect(try told("two") == ["escalate gold.sales failed with status 1"])
    try round(facts(["gold.sales": [1, 0]], at: 100))
    #expect(try told("two").count == 2)
  }

  @Test func `what somebody acknowledged is told to nobody else`() throws {
    let failing = facts(["gold.sales": [1]], at: 1)
    try round(failing)
    let alert = try #require(try book.alerts().first)
    try AlertRound(book, file, source: "vm:lake", at: after(5)).acknowledge(alert, by: "ada")
    var later = failing
    later.now = after(90)
    try round(later)
    #expect(try told("two").isEmpty)
    #expect(try told("one").map { $0.prefix(7) } == ["trigger", "acknowl"])
    #expect(try book.alerts().first?.ackedBy == "ada")
  }

  @Test func `what is silenced is told when the silence ends, if it still stands`() throws {
    try book.silence("gold.*", until: after(10), by: "ada", why: "move", at: start)
    var failing = facts(["gold.sales": [1]], at: 1)
    try round(failing)
    #expect(try told("one").isEmpty)
    #expect(try book.alerts().count == 1)
    failing.now = after(11)
    try round(failing)
    #expect(try told("one").count == 1)
  }

  @Test func `tables below one that failed are folded into its alert`() throws {
    var failing = facts(
      ["bronze.t": [0], "silver.a": [1], "gold.b": [78], "gold.c": [1], "gold.other": [1]], at: 5)
    failing.inputs["silver.a"] = ["bronze.t"]
    failing.inputs["gold.b"] = ["silver.a"]
    failing.inputs["gold.c"] = ["gold.b"]
    try round(failing)
    #expect(
      try told("one").sorted() == [
        "trigger gold.other failed with status 1", "trigger silver.a failed with status 1",
      ])
    let cause = try #require(try book.alerts().first { $0.subject == "silver.a" })
    #expect(
      cause.message.facts.contains(.init("waiting for it", "gold.b, gold.c")))
    #expect(try book.alerts().filter { $0.foldedInto == cause.id }.count == 2)
  }

  @Test func `a run whose part failed has no alert of its own`() throws {
    var failing = facts(["gold.sales": [1], "refresh": [1]], at: 1)
    for index in failing.runs.indices where failing.runs[index].row.job == "gold.sales" {
      failing.runs[index].row.parentRunID = "refresh-0"
    }
    try round(failing)
    #expect(try told("one") == ["trigger gold.sales failed with status 1"])
  }

  @Test func `a run that is tried again is no problem yet`() throws {
    var facts = facts(["gold.sales": [1]], at: 1)
    facts.runs[0].row.endedAt = nil
    facts.runs[0].state = .running
    try round(facts)
    #expect(try told("one").isEmpty)
  }

  @Test func `causes differ by what they say, not by their numbers and names`() {
    let one = Problem.causeClass(of: "a.sql:3:4: no column 'x'; did you mean 'y'?")
    #expect(one == Problem.causeClass(of: "a.sql:17:120: no column 'other'; did you mean 'z'?"))
    #expect(one != Problem.causeClass(of: "a.sql:3:4: no table 'x'"))
    #expect(Problem.causeClass(of: String(repeating: "'x1", count: 9_999)).count <= 200)
  }
}

/// A message in a file: what it is and of what.
private struct JSONLine {
  let words: String

  init(_ line: String) throws {
    let message = try #require(AlertMessage(try JSONValue(parsing: line)))
    words = "\(message.action.rawValue) \(message.title)"
  }
}
