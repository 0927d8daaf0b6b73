import ArgumentParser
import Core
import LakeJobs
import LakeTool
import Maintenance
import UnixTool
import WarehouseJobs
import WarehouseTool

/// Does the lake hold what its logs say?
@main struct LakeVerify: MedallionTool {
  static let manual = ToolManual(
    "lake-verify", "holds tables, logs, indexes, bronze and the warehouse against each other",
    operands: "[TABLE…]",
    examples: [
      ("lake-verify", "looks at every name and size, and into a few files of each table"),
      ("lake-verify --full gold.sales", "reads every byte of a table"),
      ("lake-verify --repair", "takes away what is wrong and can be made anew"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions

  @Flag(help: "read every byte, not those of a few files of each table")
  var full = false

  @Flag(help: "take away checkpoints and key indexes that are wrong; they are made anew")
  var repair = false

  @Option(help: ArgumentHelp("form of the report", valueName: "FORM"))
  var format = VerifyFormat.text

  @Argument(help: "tables (default: all, and the warehouse)")
  var tables: [String] = []

  func run(_ console: Console) throws {
    let warehouse = try place.warehousePlace(inLake: lake.lake)
    let workspace = try lake.workspace(console, needing: .readable)
    let audit = LakeAudit(workspace, full ? .full : .sample)
    let report = VerifyReport(format, console)
    for subject in try audit.subjects(named: tables) {
      console.progress(subject.name)
      // What cannot be looked at keeps none of the others.
      do {
        report.begin(subject.name)
        for finding in try audit.findings(of: subject, repairs: repair) {
          try report.write(finding)
        }
      } catch let fault as Fault where fault.kind != .internal {
        console.fail(fault)
      }
    }
    if tables.isEmpty { try verify(warehouse, workspace, report, console) }
    try report.finish()
  }

  private func verify(
    _ warehouse: WarehousePlace, _ workspace: Workspace, _ report: VerifyReport, _ console: Console
  ) throws(Fault) {
    do throws(Fault) {
      let star = try WarehouseTables(warehouse, fileSystem: workspace.lake.fileSystem)
      guard let star else { return }
      let problems = try star.auditFindings()
      report.begin("warehouse")
      for problem in problems { try report.write(warehouse: problem, at: star.place) }
    } catch {
      guard error.kind != .internal else { throw error }
      console.fail(error)
    }
  }
}

/// The form of a report that people or programs read.
enum VerifyFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
}
