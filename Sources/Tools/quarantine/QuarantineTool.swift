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
    operands: "list|show|export|replay|replays [TABLE [ID…]]",
    examples: [
      ("quarantine list", "which tables have rows set aside, by which rule"),
      ("quarantine show sales_lines --rule valid_tax", "the rows, with their text and place"),
      ("quarantine replay sales_lines --rule valid_tax --why 'rule mended'", "judges them anew"),
      ("quarantine export pos_events >rows.ndjson", "writes them down to be mended"),
      ("quarantine replay pos_events --mended rows.ndjson --why 'torn lines'", "takes them"),
      ("quarantine replays", "who had rows replayed, when and why"),
    ])

  /// What is to be done.
  enum Action: String, CaseIterable, ExpressibleByArgument {
    case list
    case show
    case export
    case replay
    case replays
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption
  @OptionGroup(title: "Rows") var choice: RowChoice

  @OptionGroup(title: "Rows") var sight: SightOptions

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

  static var manyOperands: WritableKeyPath<QuarantineTool, [String]>? { \.operands }

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .readable)
    if action == .list || action == .replays {
      let named = try operands.map { try workspace.quarantine(named: $0) }
      let tables = named.isEmpty ? workspace.quarantines : named
      return try console.output.write(
        action == .list
          ? QuarantineList(
            tables, choice, TableOwners(workspace) { console.warn($0) }
          ).text(report)
          : ReplayList(tables).text(report))
    }
    guard let name = operands.first else {
      throw Fault(.usage, "no table is named", remedy: "see 'quarantine list' for those there are")
    }
    let table = try workspace.quarantine(named: name)
    let ids = Array(operands.dropFirst())
    guard action == .replay else {
      let found = try choice.rows(of: table, ids: ids)
      let eyes = try rowSight(workspace, console)
      let rows = try RowReport(try eyes.quarantined(found, of: table), of: table)
      var reads = eyes.reads
      if eyes.role == nil {
        reads.add(texts: found.count, of: table.target)
      } else {
        try reads.add(rows: found.count, of: table.name, Quarantine.schema)
      }
      try lake.record(reads.told(asking: operands.joined(separator: " ")), console)
      // What is exported is there to be mended.
      return try console.output.write(
        rows.text(
          report.format(or: action == .export ? .json : .text),
          escapesFormulas: report.escapesFormulas))
    }
    try replay(table, ids, workspace, console)
  }
}
