import Core
import LakeJobs
import LakeTool
import Operations
import Runs
import UnixTool

/// Makes good what is missing, failed or stale: a plan first, then that plan and nothing else.
struct Backfill {
  private let desk: RunDesk
  private let options: BackfillOptions
  private let lake: LakeOptions
  private let warehouse: String

  init(_ desk: RunDesk, _ options: BackfillOptions, _ lake: LakeOptions, warehouse: String) {
    self.desk = desk
    self.options = options
    self.lake = lake
    self.warehouse = warehouse
  }

  func run(_ console: Console) throws {
    switch (options.plan, options.apply) {
    case (let file?, nil): try plan(to: file, console)
    case (nil, let file?): try apply(file, console)
    default:
      throw Fault(
        .usage, "a backfill is planned first, and applied then",
        remedy: "give --plan FILE, read it, and give --apply FILE")
    }
  }

  private func plan(to file: String, _ console: Console) throws {
    guard let from = options.from, let to = options.to, from < to else {
      throw Fault(
        .usage, "there are no days to make good",
        remedy: "give --from DAY and --to DAY, a later one")
    }
    let workspace = try lake.workspace(console)
    let survey = BackfillSurvey(
      workspace, desk, lake.queryContext(console), days: from..<to, reopens: options.reopen)
    var plan = BackfillPlan(id: console.runID.description, madeAt: console.clock.now)
    plan.add(try survey.tasks(desk.names), newestFirst: options.newestFirst)
    try workspace.lake.fileSystem.replace(file, Array(plan.text.utf8))
    var table = ReportTable(["step", "table", "interval", "state", "after"], numbers: [0])
    for step in plan.steps {
      table.rows.append([
        "\(step.number)", step.table, step.interval?.description, step.state,
        step.after.map(String.init).joined(separator: " "),
      ])
    }
    try console.output.write(table.text(desk.report))
    console.say(
      "\(file): \(counted(plan.steps.count, "step")); do them with 'runs backfill --apply \(file)'")
  }

  private func apply(_ file: String, _ console: Console) throws {
    let text = String(decoding: try desk.lake.fileSystem.read(file), as: UTF8.self)
    let plan = try BackfillPlan(text, at: file)
    guard let tools = ToolFolder.path else {
      throw Fault(
        .missing, "the folder of the tools cannot be told", remedy: "set MEDALLION_BIN to it")
    }
    let run = BackfillRun(
      plan, try RunLedger(lake: desk.lake.root), tools: tools, width: options.width,
      budget: options.budget?.duration, retries: options.retries, alarm: console.endingAlarm)
    var outcome = BackfillRun.Outcome()
    try console.finishingWhatCame {
      outcome = try run.run(changes: [
        "MEDALLION_LAKE": lake.lake, "MEDALLION_JOBS": lake.jobs, "MEDALLION_WAREHOUSE": warehouse,
      ]) { step in
        console.note("step \(step.number): \(step.table) \(step.interval?.description ?? "")")
      }
    }
    console.say(
      "\(file): \(outcome.done) done, \(outcome.before) done before, "
        + "\(outcome.failed.count) failed, \(outcome.waiting) waiting for these, "
        + "\(outcome.left) left")
    if !outcome.failed.isEmpty {
      let numbers = outcome.failed.sorted().map(String.init).joined(separator: ", ")
      console.fail(
        Fault(
          .verdict, at: Place(file), "steps failed: \(numbers)",
          remedy: "see 'runs list --state failed', mend it, and apply the same plan again"))
    } else if outcome.left > 0 {
      console.fail(
        Fault(
          .temporary, at: Place(file),
          "\(counted(outcome.left, "step")) left: the time is over",
          remedy: "apply the same plan again"))
    }
  }
}
