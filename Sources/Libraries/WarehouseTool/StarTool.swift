import Core
import Database
import LakeJobs
import LakeTool
package import UnixTool
package import WarehouseJobs

// WarehouseTool: what the tools that fill the warehouse have in common, between the command line
// (LakeTool) and the loads (WarehouseJobs), which do not know each other.
//
// Begin with `StarTool`. It stands apart from LakeTool so that tools without a warehouse need not
// load the database's library at each start. How tables are loaded is not known here.

/// A tool that loads one part of the star schema: it names the part and declares the options, the
/// run is the same for all.
package protocol StarTool: MedallionTool {
  /// Dimensions or facts.
  static var part: StarLoad.Role { get }
  /// Where the lake is.
  var lake: LakeOptions { get }
  /// Where the warehouse is.
  var warehouse: WarehouseOption { get }
  /// Whether it is only said what would be done.
  var trial: DryRunOption { get }
  /// Whether all rows are delivered anew.
  var fullRefresh: Bool { get }
  /// Operands: tables, or `-`.
  var tables: [String] { get }
}

extension StarTool {
  package func run(_ console: Console) throws {
    let place = try warehouse.place(inLake: lake.lake)
    let workspace = try lake.workspace(console, needing: .layer("warehouse"))
    let choice = DatasetChoice(among: workspace.jobs, schema: "warehouse")
    let wanted = try console.datasets(tables, of: choice)
      .filter { StarLoad.isPart($0, Self.part) }
    try workspace.lake.fileSystem.createDirectory(parent(of: place))
    let run = StarLoadRun(
      workspace, into: try SQLiteConnection(place, .create),
      siteKey: try Secret.made("warehouse-hash-key", in: "\(lake.lake)/_secrets"),
      context: lake.queryContext(console), isFullRefresh: fullRefresh)
    if trial.dryRun {
      for plan in try run.plan(wanted) { try console.write(plan) }
    } else {
      for report in try run.run(wanted) { try console.publish(report, in: workspace.lake) }
    }
  }
}
