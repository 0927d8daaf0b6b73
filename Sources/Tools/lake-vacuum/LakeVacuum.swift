import ArgumentParser
import Audit
import Core
import LakeJobs
import LakeTool
import Maintenance
import UnixTool
import WarehouseJobs
import WarehouseTool

/// Clears tables of files that no version in use names.
@main struct LakeVacuum: MedallionTool {
  static let manual = ToolManual(
    "lake-vacuum", "clears tables of files that no version in use names", operands: "[TABLE…]",
    examples: [
      ("lake-vacuum", "says what may go from all tables, and why the rest stays"),
      ("lake-vacuum --delete", "moves it to the trash, and deletes what lay there for 3 days"),
      ("lake-vacuum --delete --retain 30d gold.sales", "keeps the versions of 30 days"),
      ("lake-vacuum --undo gold.sales", "puts back what is in the trash"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var reason: ReasonOption

  @Flag(help: "do it; without this it is only said what may go")
  var delete = false

  @Flag(help: "put back what is in the trash")
  var undo = false

  @Option(
    help: ArgumentHelp(
      "how long versions stay, not shorter than a table says (default: as it says)",
      valueName: "SPAN"))
  var retain: TimeSpan?

  @Option(
    name: .customLong("trash-for"),
    help: ArgumentHelp("how long files stay in the trash (default: 3d)", valueName: "SPAN"))
  var trashFor: TimeSpan?

  @Option(help: ArgumentHelp("form of the report", valueName: "FORM"))
  var format = VacuumFormat.text

  @Argument(help: "tables, with their auxiliary tables (default: all)")
  var tables: [String] = []

  func validate() throws {
    if delete, undo { throw ValidationError("--delete and --undo together; give one of them") }
  }

  func run(_ console: Console) throws {
    let warehouse = try place.warehousePlace(inLake: lake.lake)
    // Which versions readers need stands in the job files: none of them may be passed over.
    let workspace = try lake.workspace(console)
    let loaded = try WarehouseTables(warehouse, fileSystem: workspace.lake.fileSystem)?
      .lastLoads().map { (table: $0.table, inputs: $0.inputs) }
    let vacuum = Vacuum(
      workspace,
      VacuumRules(
        holds: try Holds(of: workspace.lake),
        readers: try TableReaders(workspace, loaded: loaded ?? []), retention: retain?.duration),
      trashSpan: trashFor?.duration ?? Vacuum.standardTrashSpan)
    let report = VacuumReport(isDone: delete, format, console)
    let audit = lake.audit(console)
    for table in try workspace.maintainedTables(named: tables) {
      // What is wrong with one table keeps none of the others.
      do throws(Fault) {
        console.progress("\(table.name)")
        if undo {
          try audit.append(lake.entry("vacuum.undo", "\(table.name)", why: reason.why))
          try report.write(undone: try vacuum.undo(table), of: table)
        } else if let outcome = try delete
          ? vacuum.clear(
            table,
            { (outcome) throws(Fault) in
              _ = try audit.append(entry(outcome))
            }) : vacuum.plan(table)
        {
          try report.write(outcome)
        }
      } catch {
        guard error.kind != .internal else { throw error }
        console.fail(error)
      }
    }
    try report.finish()
  }

  /// What the audit record is told before files go.
  private func entry(_ outcome: Vacuum.Outcome) -> AuditEntry {
    lake.entry(
      "vacuum", "\(outcome.plan.table.name)",
      [
        ("to_trash", "\(outcome.plan.candidates.count)"),
        ("bytes", "\(outcome.plan.byteCount)"), ("deleted", "\(outcome.deletedCount)"),
      ], why: reason.why)
  }
}

/// The form of a report that people or programs read.
enum VacuumFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
}
