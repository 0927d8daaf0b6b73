import ArgumentParser
import Bronze
import Core
import Ingest
import LakeJobs
import LakeTool
import Lakehouse
import UnixTool

/// What was set aside, and its way back.
@main struct QuarantineTool: MedallionTool {
  static let manual = ToolManual(
    "quarantine", "shows the rows that were set aside, and has them go the normal way once more",
    operands: "list|show|export|replay [TABLE [ID…]]",
    examples: [
      ("quarantine list", "which tables have rows set aside, by which rule"),
      ("quarantine show sales_lines --rule valid_tax", "the rows, with their text and place"),
      ("quarantine replay sales_lines --rule valid_tax --why 'rule mended'", "judges them anew"),
      ("quarantine export pos_events >rows.ndjson", "writes them down to be mended"),
      ("quarantine replay pos_events --mended rows.ndjson --why 'torn lines'", "takes them"),
    ])

  /// What is to be done.
  enum Action: String, CaseIterable, ExpressibleByArgument {
    case list
    case show
    case export
    case replay
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption
  @OptionGroup(title: "Rows") var choice: RowChoice

  @OptionGroup var report: ReportOptions

  @Option(help: ArgumentHelp("who has rows replayed (default: the user's name)", valueName: "NAME"))
  var by: String?

  @Option(help: ArgumentHelp("why rows are replayed", valueName: "TEXT"))
  var why: String?

  @Option(
    help: ArgumentHelp("replay the rows of this export, with the texts it has", valueName: "FILE"))
  var mended: String?

  @Argument(help: "what to do")
  var action: Action

  @Argument(help: "a table, and rows of it by the beginning of their ids")
  var operands: [String] = []

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .readable)
    if action == .list {
      let tables = try operands.map { try workspace.quarantine(named: $0) }
      let list = try QuarantineList(tables.isEmpty ? workspace.quarantines : tables, choice)
      return try console.output.write(list.text(report.format))
    }
    guard let name = operands.first else {
      throw Fault(.usage, "no table is named", remedy: "see 'quarantine list' for those there are")
    }
    let table = try workspace.quarantine(named: name)
    let ids = Array(operands.dropFirst())
    switch action {
    case .show: try show(try choice.rows(of: table, ids: ids), console)
    case .export:
      for row in try choice.rows(of: table, ids: ids) { try console.write(row.exportLine) }
    default: try replay(table, ids, workspace, console)
    }
  }

  private static var user: String {
    environment("SUDO_USER") ?? environment("USER") ?? environment("LOGNAME") ?? "unknown"
  }

  private func show(_ rows: [QuarantinedRow], _ console: Console) throws {
    for row in rows { try console.write(row.shown) }
  }

  private func replay(
    _ table: QuarantineTable, _ ids: [String], _ workspace: Workspace, _ console: Console
  ) throws {
    guard let why, !why.isEmpty else {
      throw Fault(.usage, "it is not said why", remedy: "give --why TEXT, which is kept")
    }
    let rows: [ReplayRequest]
    if let mended {
      guard ids.isEmpty else {
        throw Fault(.usage, "--mended and ids together", remedy: "give one of them")
      }
      rows = try MendedRows(mended, console).replays(of: table)
    } else {
      rows = try choice.rows(of: table, ids: ids).map { ReplayRequest($0) }
    }
    if trial.dryRun {
      for replay in rows { try console.write("would replay \(replay.row.shown)") }
      return
    }
    console.note(
      "\(table.target): \(counted(rows.count, "row")) to be replayed by \(by ?? Self.user): \(why)")
    let done = try table.replay(
      rows, .init(by: by ?? Self.user, why: why), tool: Self.manual.name, threads: lake.threads)
    if let commit = done.commit, case .door(let contract) = table.origin {
      try console.publish(
        commit.report(of: contract, job: Self.manual.name, news: done.news), in: workspace.lake)
      console.tell(of: done.news)
    }
    if done.count < rows.count {
      console.say("\(rows.count - done.count) rows were replayed before")
    }
    if done.count > 0, done.commit == nil {
      console.say("\(done.count) rows go into \(table.target) with its next run")
    }
    if rows.isEmpty { console.say("no row is left to replay") }
  }
}
