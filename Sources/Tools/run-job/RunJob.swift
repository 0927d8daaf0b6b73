import ArgumentParser
import Core
import Runs
import UnixTool

/// A command as a run of a job.
@main struct RunJob: MedallionTool {
  static let manual = ToolManual(
    "run-job", "runs a command as a job: alone, tried again, written down, nothing left behind",
    operands: "JOB -- COMMAND…", verdict: "the command ended with 1",
    examples: [
      ("run-job ingestion -- make ingestion", "a row in the ledger: see 'runs list'"),
      (
        "run-job prices --timeout 10m --retries 3 -- ./fetch-prices",
        "ends what takes too long; tries again after status 75"
      ),
      ("run-job gold.sales --interval 2026-03-01 -- silver2gold sales", "for a day"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var tries: TryOptions

  @Option(
    help: ArgumentHelp("the time that the run is for: a day, or START/END", valueName: "SPAN"))
  var interval: RunInterval?

  @Argument(help: "the job's name: it runs once at a time")
  var job: String

  @Argument(parsing: .postTerminator, help: "the command, as it is")
  var command: [String] = []

  func checkCall() throws(Fault) {
    guard !command.isEmpty else {
      throw Fault(
        .usage, "there is no command", remedy: "write it behind --: run-job \(job) -- COMMAND…")
    }
    try JobName.check(job)
  }

  func run(_ console: Console) throws {
    try checkCall()
    // What a run leaves may be read by who may read the lake.
    if let readers = lake.chosenReaders {
      try readers.apply(to: lake.lake)
    } else {
      Readers.follow(lake.lake)
    }
    let files = LocalFileSystem()
    let raw = RawText.lastArguments(command.count)
    let declared = try ScheduleFile(jobsFolder: lake.jobs, files).jobs[job]
    let isMadeUp = console.hasChosenClock
    var run = JobRun(
      job, tries.command(raw, declared, console), inLake: lake.lake, runID: console.runID,
      nominalTime: console.clock.now,
      clock: isMadeUp
        ? RunClock(madeUp: console.clock.now) : RunClock(alarm: console.endingAlarm))
    run.isIdentityChosen = options.runID != nil
    run.interval = interval
    run.parentRunID = console.parentRun?.id.description
    run.policy = tries.policy(declared)
    run.patience = tries.wait?.duration ?? .zero
    run.code = try CodeDigest.of(raw, jobsFolder: lake.jobs, files)
    Secret.learn(in: "\(lake.lake)/_secrets")
    var outcome: JobRun.Outcome?
    try console.finishingWhatCame {
      outcome = try run.run(
        pass: { console.passTalk($0.text, $0.level) }, say: { console.warn($0) })
    }
    if let outcome { try console.leave(with: outcome.status) }
  }
}
