import ArgumentParser
import Core
import Database
import LakeJobs
import LakeTool
import Refresh
import UnixTool
import WarehouseJobs

/// Facts into the warehouse.
@main struct LoadFacts: MedallionTool {
  static let manual = ToolManual(
    "load-facts", "brings the warehouse's facts up to date, in one transaction",
    operands: "[TABLE…|-]", verdict: "rows break a rule of the star schema",
    examples: [
      ("load-facts", "loads what changed in the lake"),
      ("load-facts --full-refresh", "compares all rows, whatever was loaded before"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var warehouse: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Flag(name: .customLong("full-refresh"), help: "deliver all rows anew")
  var fullRefresh = false

  @Argument(help: "tables, or - for the events of the tool ahead (default: all)")
  var tables: [String] = []

  func run(_ console: Console) throws {
    let place = try warehouse.place(inLake: lake.lake)
    let workspace = try lake.workspace(console)
    let context = lake.queryContext(console)
    let layer = LayerRun(
      workspace, schema: "warehouse", context: context, isFullRefresh: fullRefresh)
    let wanted = try console.datasets(tables, of: layer).filter { StarLoad.isPart($0, .fact) }
    try workspace.lake.fileSystem.createDirectory(parent(of: place))
    let run = StarLoadRun(
      workspace, into: try SQLiteConnection(place, .create),
      siteKey: try Secret.made("warehouse-hash-key", in: "\(lake.lake)/_secrets"),
      context: context, isFullRefresh: fullRefresh)
    if trial.dryRun {
      for plan in try run.plan(wanted) { try console.write(plan) }
    } else {
      for report in try run.run(wanted) { try console.publish(report, in: workspace.lake) }
    }
  }
}
