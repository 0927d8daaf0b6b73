import Core
import LakeJobs
import LakeTool
import Operations
import Refresh
import Runs
import UnixTool

/// Where questions about runs are answered.
struct RunDesk {
  let lake: Lake
  let jobsFolder: String
  let choice: RunChoice
  let report: ReportOptions
  let names: [String]
  let console: Console
  /// Nil when nothing has run yet.
  let ledger: RunLedger?
  let schedule: ScheduleFile

  init(
    _ options: LakeOptions, _ choice: RunChoice, _ report: ReportOptions, _ names: [String],
    _ console: Console
  ) throws {
    lake = options.lakehouse(console)
    jobsFolder = options.jobs
    self.choice = choice
    self.report = report
    self.names = names
    self.console = console
    ledger = try RunLedger(reading: lake.root)
    schedule = try ScheduleFile(jobsFolder: options.jobs, lake.fileSystem)
  }

  var now: Timestamp { lake.clock.now }

  /// The ledger of a lake in which something has run.
  func kept() throws(Fault) -> RunLedger {
    if let ledger { return ledger }
    throw Fault(
      .missing, at: Place("\(lake.root)/_runs"), "nothing has run here yet",
      remedy: "run something with run-job, or name the lake with --lake")
  }

  /// The run that the operand names, by the beginning of its identity.
  func named(_ text: String) throws -> RunRow {
    let found = try kept().runs(identifiedBy: text)
    guard let run = found.first else {
      throw Fault(.missing, "there is no run '\(text)'", remedy: "see 'runs list'")
    }
    guard found.count == 1 || run.runID == text.lowercased() else {
      throw Fault(
        .usage, "'\(text)' begins the identity of \(found.count) runs", remedy: "give more of it")
    }
    return run
  }

  func list() throws -> String {
    var table = ReportTable(
      [
        "run", "job", "interval", "started", "state", "exit", "tries", "seconds", "rows_out",
        "cause",
      ], numbers: [5, 6, 7, 8])
    guard let ledger else { return "" }
    let names = [choice.job].compactMap { $0 } + names
    var count = 0
    for run in try ledger.runs(since: choice.since)
    where names.isEmpty || names.contains(run.job) {
      let state = ledger.state(of: run)
      guard choice.state.map({ $0 == state }) ?? true else { continue }
      guard count < choice.limit else { break }
      count += 1
      table.rows.append([
        run.runID, run.job, run.interval?.description, run.startedAt.ledgerText, state.rawValue,
        run.exitStatus.map(String.init), "\(run.tries)",
        run.amounts.wallMicroseconds.map(seconds), run.amounts.rowsOut.map(String.init), run.cause,
      ])
    }
    return table.text(report)
  }

  /// The intervals without a run that was done, or done from what is there no more as it was:
  /// `staleDays` tells those of a job that makes a view cut by days.
  func missing(staleDays: (ScheduleFile.Job) -> RefreshScope) throws {
    let jobs = names.isEmpty ? schedule.jobs.keys.sorted() : names
    var table = ReportTable([
      "job", "interval", "local", "state", "run", "deadline", "owner",
    ])
    for name in jobs {
      guard let job = schedule.jobs[name] else {
        throw Fault(
          .missing, at: Place("\(jobsFolder)/schedule.yml"), "there is no job '\(name)'",
          remedy: "declare it there")
      }
      let states = try IntervalStates(of: job, in: ledger, from: choice.since, at: now)
      let stale = states.entries.isEmpty ? .nothing : staleDays(job)
      for entry in states.entries {
        let state = state(of: entry, job, stale)
        guard [.missing, .failed, .stale].contains(state) else { continue }
        table.rows.append([
          name, entry.interval.description, job.calendar?.localText(of: entry.interval),
          state.rawValue, entry.run?.runID, entry.deadline?.ledgerText, job.owner,
        ])
      }
    }
    try console.output.write(table.text(report))
    guard !table.rows.isEmpty else { return }
    console.fail(
      Fault(
        .verdict, "\(counted(table.rows.count, "interval")) without a run that was done",
        remedy: "run their jobs, or 'runs backfill'"))
  }

  private func state(
    of entry: IntervalStates.Entry, _ job: ScheduleFile.Job, _ stale: RefreshScope
  ) -> IntervalStates.State {
    guard entry.state == .done, let day = job.calendar?.date(of: entry.interval) else {
      return entry.state
    }
    return stale.covers("\(day)") ? .stale : .done
  }

  func seal(by person: String) throws {
    guard let job = names.first, names.count == 1, let interval = choice.interval,
      let why = choice.why
    else {
      throw Fault(
        .usage, "a job, its interval or the reason is missing",
        remedy: "call 'runs seal JOB --interval SPAN --why TEXT'")
    }
    try JobName.check(job)
    try RunLedger(lake: lake.root).seal(job, interval, at: now, by: person, why: why)
    console.say("\(job) \(interval): closed")
  }
}
