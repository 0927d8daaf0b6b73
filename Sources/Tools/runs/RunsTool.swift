import ArgumentParser
import Core
import LakeJobs
import LakeTool
import Operations
import Refresh
import Runs
import UnixTool

/// What ran, what should have, and what it means.
@main struct RunsTool: MedallionTool {
  static let manual = ToolManual(
    "runs", "tells what ran, what did not, why a table stands as it does, and when it will",
    operands: "list|show|why|missing|path|fit|seal|backfill [NAME…]",
    verdict: "intervals are missing, a table waits, or steps of a backfill failed",
    examples: [
      ("runs list --state failed --since 2026-03-01", "the runs that failed"),
      ("runs show 0195505b", "a run, what it read and wrote, and its log"),
      ("runs why gold.sales", "which run built it, or what it waits for"),
      ("runs missing", "the intervals of jobs/schedule.yml without a run"),
      ("runs path", "what decides when the night is over"),
      ("runs fit", "when the night gets too short, or the disk full"),
      ("runs backfill --from 2026-03-01 --to 2026-03-08 --plan plan", "plans, and does nothing"),
      ("runs backfill --apply plan --budget 30m", "does what stands there, and goes on with it"),
    ])

  /// What is asked.
  enum Question: String, CaseIterable, ExpressibleByArgument {
    case list
    case show
    case why
    case missing
    case path
    case fit
    case seal
    case backfill
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var place: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Runs") var choice: RunChoice
  @OptionGroup(title: "Backfill") var backfill: BackfillOptions
  @OptionGroup var report: ReportOptions

  @Argument(help: "what is asked")
  var question: Question

  @Argument(help: "a run, a job, or tables")
  var names: [String] = []

  /// Which days of the view that a job is called after are stale. A job folder that cannot be read
  /// hides none that are missing.
  private func staleDays(
    of job: ScheduleFile.Job, _ desk: RunDesk, _ console: Console
  ) -> RefreshScope {
    do {
      guard let name = LakeTableName(job.name), name.schema == "gold" else { return .nothing }
      let workspace = try Workspace(
        lake: desk.lake, jobsFolder: lake.jobs, needing: .readable)
      let survey = BackfillSurvey(workspace, desk, lake.queryContext(console))
      if let view = workspace.jobs.datasets[name] { return try survey.staleDays(of: view) }
      for fault in workspace.jobs.faults { console.warn(fault) }
      return .nothing
    } catch {
      console.warn(error as? Fault ?? Fault(.internal, "\(error)", remedy: "report it"))
      return .nothing
    }
  }

  func run(_ console: Console) throws {
    let desk = try RunDesk(lake, choice, report, names, console)
    switch question {
    case .list: try console.output.write(desk.list())
    case .show: try console.output.write(desk.show())
    case .why: try desk.why()
    case .missing: try desk.missing { staleDays(of: $0, desk, console) }
    case .path: try console.output.write(desk.path())
    case .fit: try console.output.write(desk.fit())
    case .seal: try desk.seal(by: userName())
    case .backfill:
      try Backfill(
        desk, backfill, lake, warehouse: try place.place(inLake: lake.lake)
      ).run(console)
    }
  }
}
