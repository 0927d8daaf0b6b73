import Core
import Operations
import Runs
import TestSupport
import Testing

@Suite struct AnswersTests {
  private let work = Workdir()
  private let start = Timestamp.ofTests

  @discardableResult
  private func add(
    _ ledger: RunLedger, _ id: String, _ job: String, from: Int64, to: Int64?, exit: Int? = 0,
    of parent: String? = nil, wrote: [String: String] = [:], cause: String? = nil
  ) throws -> RunRow {
    var run = RunRow(
      id, job: job, command: ["x"], startedAt: try #require(start.adding(seconds: from)))
    run.parentRunID = parent
    _ = try ledger.begin(run, TryRow(id, number: 1, startedAt: run.startedAt))
    guard let to else { return run }
    run.endedAt = start.adding(seconds: to)
    run.exitStatus = exit
    run.cause = cause
    run.versionsOut = wrote
    run.amounts.wallMicroseconds = Int(to - from) * 1_000_000
    try ledger.end(run, nil)
    return run
  }

  private let makers: [String: TableWhy.Maker] = [
    "bronze.a": .init("bronze.a", jobs: ["bronze.a", "intake"], inputs: []),
    "silver.a": .init("silver.a", jobs: ["silver.a", "to-silver"], inputs: ["bronze.a"]),
    "gold.a": .init("gold.a", jobs: ["gold.a", "to-gold"], inputs: ["silver.a"]),
  ]

  @Test func `a table that stands was built by the run that wrote it`() throws {
    let ledger = try RunLedger(lake: work.path)
    try add(ledger, "r1", "to-gold", from: 0, to: 5, wrote: ["gold.a": "4"])
    // It found nothing to do.
    try add(ledger, "r2", "to-gold", from: 10, to: 11)
    let why = try TableWhy("gold.a", nil, makers: makers, at: start, in: ledger)
    #expect(why.builtBy?.runID == "r1")
    #expect(why.waits.isEmpty)
  }

  @Test func `a table waits for the first that failed before it`() throws {
    let ledger = try RunLedger(lake: work.path)
    try add(ledger, "r1", "to-gold", from: 0, to: 5, wrote: ["gold.a": "4"])
    try add(
      ledger, "r2", "to-silver", from: 10, to: 12, exit: 1, cause: "silver.sql:3: no column 'x'")
    try add(ledger, "r3", "to-gold", from: 13, to: 14)
    let why = try TableWhy("gold.a", nil, makers: makers, at: start, in: ledger)
    #expect(why.builtBy?.runID == "r1")
    #expect(why.waits.map(\.table) == ["silver.a"])
    #expect(why.root?.run.cause == "silver.sql:3: no column 'x'")
  }

  @Test func `a run that was killed is waited for, one that wrote the table first is not`() throws {
    let ledger = try RunLedger(lake: work.path)
    try add(ledger, "r1", "intake", from: 0, to: nil)
    try add(ledger, "r2", "to-silver", from: 1, to: 2, exit: 1, wrote: ["silver.a": "2"])
    let why = try TableWhy("gold.a", nil, makers: makers, at: start, in: ledger)
    #expect(why.waits.map(\.table) == ["bronze.a"])
    #expect(why.root?.state == .lost)
  }

  @Test func `a table is told to be made from what it reads, not from all that its run read`()
    throws
  {
    let ledger = try RunLedger(lake: work.path)
    var run = try add(
      ledger, "r1", "to-gold", from: 0, to: 5, wrote: ["gold.a": "4", "gold.b": "1"])
    run.versionsIn = ["silver.a": "7", "silver.z": "9"]
    try ledger.end(run, nil)
    #expect(
      try TableWhy("gold.a", nil, makers: makers, at: start, in: ledger).builtFrom
        == ["silver.a": "7"])
    // Of a table whose job cannot be read nothing less is known.
    #expect(
      try TableWhy("gold.b", nil, makers: [:], at: start, in: ledger).builtFrom == run.versionsIn)
  }

  @Test func `an interval that was made waits for no later run`() throws {
    let ledger = try RunLedger(lake: work.path)
    let day = try #require(RunInterval("2026-02-28"))
    let noon = Int64(day.end.microseconds - start.microseconds) / 1_000_000
    try add(ledger, "r1", "to-gold", from: noon + 60, to: noon + 65, wrote: ["gold.a": "4"])
    try add(ledger, "r2", "to-silver", from: noon + 90_000, to: noon + 90_001, exit: 1)
    let made = try TableWhy("gold.a", day, makers: makers, at: start, in: ledger)
    #expect(made.builtBy?.runID == "r1")
    #expect(made.waits.isEmpty)
    let next = try #require(RunInterval("2026-03-01"))
    let waiting = try TableWhy("gold.a", next, makers: makers, at: start, in: ledger)
    #expect(waiting.builtBy == nil)
    #expect(waiting.waits.map(\.run.runID) == ["r2"])
  }

  @Test func `a table waits for a run of the schedule that did not begin in time`() throws {
    try work.write(
      "jobs/schedule.yml", "jobs:\n  to-gold: {calendar: daily, since: 2026-02-26, deadline: 6h}\n")
    let schedule = try ScheduleFile(jobsFolder: work.file("jobs"), LocalFileSystem()).jobs
    let ledger = try RunLedger(lake: work.path)
    let night = try #require(Timestamp(rfc3339Text: "2026-02-27T03:00:00Z"))
    let from = (night.microseconds - start.microseconds) / 1_000_000
    try add(ledger, "r1", "to-gold", from: from, to: from + 5, wrote: ["gold.a": "4"])
    func missed(at text: String) throws -> [MissedRun] {
      let now = try #require(Timestamp(rfc3339Text: text))
      return try TableWhy(
        "gold.a", nil, makers: makers, schedule: schedule, at: now, in: ledger
      ).missed
    }
    #expect(try missed(at: "2026-02-27T23:00:00Z").isEmpty)
    // It may still begin in time.
    #expect(try missed(at: "2026-02-28T05:59:59Z").isEmpty)
    let late = try missed(at: "2026-02-28T06:00:00Z")
    #expect(late.map(\.interval.description) == ["[2026-02-27T00:00:00Z, 2026-02-28T00:00:00Z)"])
    #expect(try missed(at: "2026-03-01T06:00:00Z").map(\.count) == [2])
    // Somebody made the table by its own job.
    let byHand = (24 * 3_600) + from + 60
    try add(ledger, "r2", "gold.a", from: byHand, to: byHand + 1)
    #expect(try missed(at: "2026-02-28T06:00:00Z").isEmpty)
    #expect(try missed(at: "2026-03-01T06:00:00Z").map(\.count) == [1])
  }

  @Test func `the path goes from the last end back, and its longest step is told`() throws {
    let ledger = try RunLedger(lake: work.path)
    for (number, length) in [40, 41, 300].enumerated() {
      let from = Int64(-10_000 * (3 - number))
      try add(ledger, "h\(number)", "b", from: from, to: from + Int64(length))
    }
    let whole = try add(ledger, "w", "night", from: 0, to: 100)
    try add(ledger, "p1", "a", from: 0, to: 30, of: "w")
    // Beside the others, and over before them.
    try add(ledger, "p2", "z", from: 0, to: 10, of: "w")
    try add(ledger, "p3", "b", from: 30, to: 70, of: "w")
    try add(ledger, "p4", "c", from: 70, to: 100, of: "w")
    let path = try CriticalPath(of: whole, in: ledger, at: start)
    #expect(path.steps.map(\.run.job) == ["a", "b", "c"])
    #expect(path.longest?.run.job == "b")
    // The median of 40, 40, 41 and 300.
    #expect(path.steps[1].usual == 41_000_000)
    #expect(path.expectedEnd == start.adding(seconds: 101))
  }

  @Test func `a line is not turned by wild points, and is drawn on to its limit`() throws {
    var points: [(time: Timestamp, value: Double)] = []
    for day in 0..<30 {
      let time = try #require(start.adding(seconds: Int64(day) * 86_400))
      points.append((time, day.isMultiple(of: 7) ? 9_000 : 100 + 2 * Double(day)))
    }
    let trend = try #require(Trend(points))
    #expect(abs(trend.perDay - 2) < 0.3)
    #expect(abs(trend.level - 158) < 6)
    let reached = try #require(trend.reaches(trend.level + 10 * trend.perDay))
    #expect(reached == start.adding(seconds: 39 * 86_400))
    #expect(trend.reaches(0) == trend.last)
    #expect(Trend(Array(points.prefix(2))) == nil)
    #expect(try #require(Trend(points.map { ($0.time, 5) })).reaches(6) == nil)
  }
}
