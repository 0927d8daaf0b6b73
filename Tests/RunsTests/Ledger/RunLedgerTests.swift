import Core
import Runs
import TestSupport
import Testing

@Suite struct RunLedgerTests {
  private let work = Workdir()
  private let start = Timestamp.ofTests

  private func run(_ id: String, _ job: String, after seconds: Int64 = 0) throws -> RunRow {
    RunRow(
      id, job: job, command: ["make", "it's"],
      startedAt: try #require(start.adding(seconds: seconds)))
  }

  @Test func `a run comes back as it was written, at its start and at its end`() throws {
    let ledger = try RunLedger(lake: work.path)
    var run = try run("r1", "gold.sales")
    run.interval = RunInterval("2026-02-28")
    run.parentRunID = "r0"
    #expect(try ledger.begin(run, TryRow("r1", number: 1, startedAt: start)))
    #expect(try ledger.runs() == [run])
    var last = TryRow("r1", number: 2, startedAt: start)
    last.delayMicroseconds = 15_000_000
    last.exitStatus = 1
    run.endedAt = start.adding(seconds: 20)
    run.tries = 2
    run.exitStatus = 1
    run.cause = "gold.sql:3: no such column 'x'"
    run.versionsIn = ["silver.sales": "7"]
    run.amounts.rowsOut = 12
    try ledger.end(run, last)
    let reading = try #require(try RunLedger(reading: work.path))
    #expect(try reading.runs() == [run])
    #expect(try reading.tries(of: "r1").map(\.delayMicroseconds) == [0, 15_000_000])
    #expect(reading.state(of: run) == .failed)
  }

  @Test func `an identity is taken once`() throws {
    let ledger = try RunLedger(lake: work.path)
    let first = try run("r1", "a")
    #expect(try ledger.begin(first, TryRow("r1", number: 1, startedAt: start)))
    #expect(!(try ledger.begin(try run("r1", "b"), TryRow("r1", number: 1, startedAt: start))))
    #expect(try ledger.runs().map(\.job) == ["a"])
  }

  @Test func `runs are found by job, time, identity and what they are part of`() throws {
    let ledger = try RunLedger(lake: work.path)
    for (offset, job) in ["a", "b", "a", "c"].enumerated() {
      var run = try run("0\(offset)", job, after: Int64(offset))
      if offset > 0 { run.parentRunID = "0\(offset - 1)" }
      _ = try ledger.begin(run, TryRow(run.runID, number: 1, startedAt: run.startedAt))
    }
    #expect(try ledger.runs(job: "a").map(\.runID) == ["02", "00"])
    #expect(try ledger.runs(since: start.adding(seconds: 2)).map(\.runID) == ["03", "02"])
    #expect(try ledger.runs(limit: 1).map(\.runID) == ["03"])
    #expect(try ledger.runs(identifiedBy: "0").count == 4)
    #expect(try ledger.parts(of: try run("01", "b")).map(\.runID) == ["02"])
    #expect(try ledger.identities(below: "01") == ["01", "02", "03"])
  }

  @Test func `a run without an end runs while its lock is held, and is lost after that`() throws {
    let ledger = try RunLedger(lake: work.path)
    let run = try run("r1", "a")
    _ = try ledger.begin(run, TryRow("r1", number: 1, startedAt: start))
    #expect(ledger.state(of: run) == .lost)
    do {
      let lock = try RunLock.take("a", nil, inLake: work.path)
      lock.name(RunLock.Holder(process: 1, runID: "r1", since: start))
      #expect(ledger.state(of: run) == .running)
      #expect(ledger.state(of: try self.run("r0", "a")) == .lost)
    }
    #expect(ledger.state(of: run) == .lost)
  }

  @Test func `who comes second is told who was first, and who comes after a kill whose it was`()
    throws
  {
    let holder = RunLock.Holder(process: 42, runID: "r1", since: start)
    do {
      let lock = try RunLock.take("a", nil, inLake: work.path)
      lock.name(holder)
      let fault = #expect(throws: Fault.self) {
        try RunLock.take("a", nil, inLake: work.path)
      }
      #expect(fault?.kind == .temporary)
      #expect(fault?.problem.contains("process 42, run r1") == true)
      // Another interval is another lock.
      _ = try RunLock.take("a", RunInterval("2026-02-28"), inLake: work.path)
    }
    let next = try RunLock.take("a", nil, inLake: work.path)
    #expect(next.abandonedBy == holder)
    next.giveBack()
    #expect(RunLock.holder(of: "b", nil, inLake: work.path) == nil)
  }

  @Test func `intervals are read as they are written, and are never empty`() throws {
    let day = try #require(RunInterval("2026-02-28"))
    #expect(day.description == "[2026-02-28T00:00:00Z, 2026-03-01T00:00:00Z)")
    #expect(RunInterval(day.text) == day)
    #expect(day.text == "2026-02-28T00:00:00.000000Z/2026-03-01T00:00:00.000000Z")
    #expect(RunInterval("2026-03-01/2026-02-28") == nil)
    #expect(RunInterval("2026-03-01/2026-03-01") == nil)
    #expect(RunInterval("soon") == nil)
  }
}
