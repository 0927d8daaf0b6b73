import Core
import Runs
import TestSupport
import Testing

@Suite struct IntervalStatesTests {
  private let work = Workdir()

  private func time(_ text: String) throws -> Timestamp {
    try #require(Timestamp(rfc3339Text: text))
  }

  private func schedule(_ line: String) throws -> ScheduleFile.Job {
    try work.write("jobs/schedule.yml", "jobs:\n  night: \(line)\n")
    return try #require(
      try ScheduleFile(jobsFolder: work.file("jobs"), LocalFileSystem()).jobs["night"])
  }

  private func add(
    _ ledger: RunLedger, _ id: String, at start: String, _ interval: String? = nil, exit: Int? = 0
  ) throws {
    var run = RunRow(id, job: "night", command: ["true"], startedAt: try time(start))
    run.interval = interval.flatMap { RunInterval($0) }
    _ = try ledger.begin(run, TryRow(id, number: 1, startedAt: run.startedAt))
    guard let exit else { return }
    run.endedAt = run.startedAt
    run.exitStatus = exit
    try ledger.end(run, nil)
  }

  private func states(_ job: ScheduleFile.Job, _ ledger: RunLedger, at now: String) throws
    -> [IntervalStates.State]
  {
    try IntervalStates(of: job, in: ledger, at: try time(now)).entries.map(\.state)
  }

  @Test func `nights on which nothing ran are missing, until a run takes what there is`() throws {
    let job = try schedule("{calendar: daily, since: 2026-03-01, deadline: 6h}")
    let ledger = try RunLedger(lake: work.file("lake"))
    try add(ledger, "r1", at: "2026-03-02T01:00:00Z")
    #expect(
      try states(job, ledger, at: "2026-03-05T02:00:00Z") == [.done, .missing, .missing, .missing])
    try add(ledger, "r2", at: "2026-03-05T03:00:00Z", exit: 75)
    #expect(
      try states(job, ledger, at: "2026-03-05T04:00:00Z") == [.done, .failed, .failed, .failed])
    try add(ledger, "r3", at: "2026-03-05T05:00:00Z")
    #expect(try states(job, ledger, at: "2026-03-05T06:00:00Z") == [.done, .done, .done, .done])
  }

  @Test func `of a job whose runs are for intervals each needs its own`() throws {
    let job = try schedule("{calendar: daily, since: 2026-03-01}")
    let ledger = try RunLedger(lake: work.file("lake"))
    try add(ledger, "r1", at: "2026-03-02T01:00:00Z", "2026-03-01")
    try add(ledger, "r2", at: "2026-03-04T01:00:00Z", "2026-03-03", exit: 1)
    try add(ledger, "r3", at: "2026-03-05T01:00:00Z", "2026-03-04", exit: nil)
    let closed = try #require(RunInterval("2026-03-02"))
    #expect(
      try states(job, ledger, at: "2026-03-05T02:00:00Z") == [.done, .missing, .failed, .failed])
    try ledger.seal("night", closed, at: try time("2026-03-05"), by: "anna", why: "books closed")
    #expect(
      try states(job, ledger, at: "2026-03-05T02:00:00Z") == [.done, .sealed, .failed, .failed])
  }

  @Test func `a day made good by itself leaves the others as they were`() throws {
    let job = try schedule("{calendar: daily, since: 2026-03-01}")
    let ledger = try RunLedger(lake: work.file("lake"))
    try add(ledger, "r1", at: "2026-03-04T01:00:00Z")
    try add(ledger, "r2", at: "2026-03-04T02:00:00Z", "2026-03-02", exit: 1)
    #expect(try states(job, ledger, at: "2026-03-04T03:00:00Z") == [.done, .failed, .done])
    try add(ledger, "r3", at: "2026-03-04T04:00:00Z", "2026-03-02")
    #expect(try states(job, ledger, at: "2026-03-04T05:00:00Z") == [.done, .done, .done])
  }

  @Test func `a schedule that says nothing true is refused where it stands`() throws {
    for (line, word) in [
      ("{calendar: nightly}", "hourly"), ("{calendar: daily, zone: Europe/Atlantis}", "Atlantis"),
      ("{zone: UTC}", "without a calendar"),
      ("{calendar: daily, deadline: soon}", "a time such as"),
      ("{calendar: daily, day_starts: '25:00'}", "a time of day"), ("{retries: -1}", "a number"),
      ("{calendar: daily, days: [mond]}", "days of the week"), ("{calender: daily}", "calender"),
    ] {
      let fault = #expect(throws: Fault.self) { try schedule(line) }
      #expect(fault?.kind == .configuration, "\(line)")
      #expect(fault.map { "\($0)".contains(word) } == true, "\(line): \(String(describing: fault))")
      #expect(fault?.place?.line == 2, "\(line)")
    }
  }
}
