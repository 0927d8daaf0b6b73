import Core
import Governance
import Runs
import TestSupport
import Testing
import YAML

@testable import Operations

/// What is a problem, by the rules, and what is none.
@Suite struct ProblemFinderTests {
  private let now = Timestamp.ofTests

  private func rules(_ lines: String) throws -> AlertsFile {
    let text = "channels:\n  log: {kind: file, path: x}\nrules:\n" + lines
    return try AlertsFile(YAMLFile(Array(text.utf8), path: "alerts.yml").root)
  }

  private func before(_ seconds: Int64) throws -> Timestamp {
    try #require(now.adding(seconds: -seconds))
  }

  private func run(
    _ job: String, _ status: Int?, before seconds: Int64, took length: Int = 60
  ) throws -> OperationFacts.KnownRun {
    var row = RunRow("\(job)\(seconds)", job: job, command: [], startedAt: try before(seconds))
    row.exitStatus = status
    if status != nil { row.endedAt = row.startedAt.adding(seconds: Int64(length)) }
    row.amounts.wallMicroseconds = status.map { _ in length * 1_000_000 }
    return .init(row, status == nil ? .lost : status == 0 ? .done : .failed)
  }

  private func event(
    _ table: String, _ change: ChangeFacet, before seconds: Int64
  ) throws -> RunEvent {
    RunEvent(
      .complete, at: try before(seconds), run: Run(RunID(naming: "\(table)\(seconds)")),
      job: Job(table, in: "medallion"),
      outputs: [LineageDataset(DatasetName(table), facts: Facets().adding(change))])
  }

  private func titles(_ facts: OperationFacts, _ file: AlertsFile) -> [String] {
    ProblemFinder(facts, file).problems(ProblemFinder.ofFacts).map(\.title)
  }

  @Test func `a lost run is a problem, and 75 only when it stays so`() throws {
    let file = try rules(
      """
        - {when: failed, statuses: [1-74, 76-255], tell: log}
        - {when: failed, statuses: [75], in_a_row: 3, severity: warning, tell: log}

      """)
    var facts = OperationFacts(now: now)
    facts.runs = [try run("a", nil, before: 900), try run("b", 75, before: 800)]
    #expect(titles(facts, file) == ["a was killed, or its machine was"])
    facts.runs += [try run("b", 75, before: 700), try run("b", 75, before: 600)]
    #expect(titles(facts, file).last == "b failed with status 75")
    facts.runs.append(try run("b", 0, before: 500))
    #expect(titles(facts, file).count == 1)
  }

  @Test func `rules are for jobs, tables and layers, and the first decides`() throws {
    let file = try rules(
      """
        - {when: failed, tables: [gold.*], severity: critical, tell: log}
        - {when: failed, layers: [silver], severity: warning, tell: log}
        - {when: failed, jobs: [night*], severity: info, tell: log}

      """)
    var facts = OperationFacts(now: now)
    for name in ["gold.x", "silver.y", "night-load", "other"] {
      facts.runs.append(try run(name, 1, before: 100))
      if name.contains(".") { facts.inputs[name] = [] }
    }
    let found = ProblemFinder(facts, file).problems(ProblemFinder.ofFacts)
    #expect(found.map(\.subject) == ["gold.x", "silver.y", "night-load"])
    #expect(found.map(\.severity) == [.critical, .warning, .info])
  }

  @Test func `shares count within their window, of enough rows`() throws {
    let file = try rules(
      """
        - {when: rejects, over: 2 %, within: 1h, least: 100, tell: log}
        - {when: quarantined, over: 10 %, tell: log}

      """)
    var facts = OperationFacts(now: now)
    func facets(_ read: Int, _ aside: Int) -> ChangeFacet {
      ChangeFacet(inserted: read - aside, quarantined: aside, read: read)
    }
    facts.events = [
      try event("bronze.t", facets(1_000, 900), before: 7_200),
      try event("bronze.t", facets(100, 2), before: 1_800),
    ]
    #expect(titles(facts, file).isEmpty)
    facts.events.append(try event("bronze.t", facets(1, 1), before: 60))
    #expect(
      titles(facts, file) == ["3 % of what came to bronze.t was refused at the door"])
    facts.events = [
      try event("silver.s", facets(200, 30), before: 60),
      try event("bronze.few", facets(50, 50), before: 60),
    ]
    facts.setAside = [
      .init(table: "silver.s", rule: "tax", waiting: 30, replayed: 0, first: now, last: now)
    ]
    facts.worth = ["silver.s": "1,200.00"]
    let problem = try #require(
      ProblemFinder(facts, file).problems(ProblemFinder.ofFacts).first)
    #expect(problem.title == "15 % of what came to silver.s was set aside by rules")
    #expect(problem.detail == "tax: 30 rows")
    #expect(problem.facts.contains(.init("at stake in silver.s", "1,200.00")))
  }

  @Test func `runs that fail too often are one problem`() throws {
    let file = try rules("  - {when: failures, over: 20 %, least: 10, tell: log}\n")
    var facts = OperationFacts(now: now)
    for index in 0..<10 { facts.runs.append(try run("j\(index)", index < 2 ? 1 : 0, before: 100)) }
    #expect(titles(facts, file).isEmpty)
    facts.runs.append(try run("k", 1, before: 50))
    #expect(titles(facts, file) == ["27.3 % of the runs of the last 1 d failed"])
  }

  @Test func `a run is slow by its own trend, and not by one bad night`() throws {
    let file = try rules("  - {when: slow, over: 2, tell: log}\n")
    var facts = OperationFacts(now: now)
    for (night, length) in [600, 610, 3_000, 590, 605, 600, 1_300].enumerated() {
      facts.runs.append(
        try run("load", 0, before: Int64(7 - night) * 86_400, took: length))
      facts.runs.append(try run("quick", 0, before: Int64(7 - night) * 86_400, took: night))
    }
    #expect(titles(facts, file) == ["load took 21 min, usually 10 min"])
    facts.runs.append(try run("load", 0, before: 60, took: 700))
    #expect(titles(facts, file).isEmpty)
  }

  @Test func `a source that has fallen silent is a problem by its own rhythm`() throws {
    let file = try rules("  - {when: lag, over: 3, tell: log}\n")
    var facts = OperationFacts(now: now)
    for index in (0..<8).reversed() {
      facts.events.append(
        try event("bronze.hourly", ChangeFacet(inserted: 1), before: 14_400 + Int64(index) * 3_600))
      facts.events.append(
        try event("bronze.daily", ChangeFacet(inserted: 1), before: 14_400 + Int64(index) * 86_400))
    }
    #expect(
      titles(facts, file) == [
        "nothing came into bronze.hourly for 4 h, usually something every 1 h"
      ])
  }

  @Test func `a check counts as it last was, and a warning is no problem`() throws {
    let file = try rules("  - {when: quality, tell: log}\n")
    func check(_ holds: Bool, _ severity: String, before seconds: Int64) throws -> RunEvent {
      let facet = DataQualityAssertionsFacet([
        .init("keys", "sql", holds: holds, severity: severity, violationCount: holds ? 0 : 7)
      ])
      return RunEvent(
        .complete, at: try before(seconds), run: Run(RunID(naming: "\(seconds)")),
        job: Job("dq-check", in: "medallion"),
        inputs: [LineageDataset(DatasetName("gold.sales"), facts: Facets().adding(facet))])
    }
    var facts = OperationFacts(now: now)
    facts.events = [
      try check(true, "error", before: 900), try check(false, "error", before: 600),
      try check(false, "error", before: 300),
    ]
    let problem = try #require(
      ProblemFinder(facts, file).problems(ProblemFinder.ofFacts).first)
    #expect(problem.title == "gold.sales: 'keys' does not hold")
    #expect(problem.since == (try before(600)))
    #expect(problem.lastSeen == (try before(300)))
    #expect(problem.facts.first == .init("rows", "7"))
    facts.events.append(try check(true, "error", before: 60))
    #expect(titles(facts, file).isEmpty)
    facts.events.append(try check(false, "warn", before: 30))
    #expect(titles(facts, file).isEmpty)
  }

  @Test func `what is worse than its cause is told by itself`() throws {
    let file = try rules(
      """
        - {when: failed, severity: error, tell: log}
        - {when: deadline, severity: critical, tell: log}

      """)
    var facts = OperationFacts(now: now)
    facts.inputs = ["silver.a": [], "gold.b": ["silver.a"], "gold.c": ["gold.b"]]
    facts.runs = [try run("silver.a", 1, before: 3_600)]
    let deadline = try Deadline("05:00 UTC", at: Place("a"))
    facts.deadlines = ["gold.b": deadline, "gold.c": deadline]
    let found = ProblemFinder(facts, file).problems(ProblemFinder.ofFacts)
    let ids = Dictionary(uniqueKeysWithValues: found.map { ($0.subject, $0.id) })
    #expect(found.map(\.subject) == ["silver.a", "gold.b", "gold.c"])
    #expect(found.map(\.parent) == [nil, nil, ids["gold.b"]])
  }

  @Test func `a table is current when it and what it is made from were built`() throws {
    var facts = OperationFacts(now: now)
    facts.inputs = ["silver.a": ["bronze.t"], "gold.b": ["silver.a"]]
    let opening = try before(7_200)
    facts.runs = [
      try run("stream-intake", 1, before: 3_700), try run("bronze-to-silver", 0, before: 3_600),
      try run("silver-to-gold", 0, before: 3_500),
    ]
    #expect(facts.isCurrent("gold.b", since: opening, by: now))
    #expect(!facts.isCurrent("gold.b", since: try before(60), by: now))
    facts.runs.append(try run("bronze-to-silver", 74, before: 600))
    #expect(!facts.isCurrent("gold.b", since: opening, by: now))
    #expect(facts.ancestors(of: "gold.b") == ["silver.a", "bronze.t"])
    #expect(facts.descendants(of: "bronze.t") == ["gold.b", "silver.a"])
  }
}
