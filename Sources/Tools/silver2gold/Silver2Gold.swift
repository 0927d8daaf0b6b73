import ArgumentParser
import LakeJobs
import LakeTool
import Refresh
import UnixTool

/// What changed in silver into gold.
@main struct Silver2Gold: MedallionTool {
  static let manual = ToolManual(
    "silver2gold", "runs the gold jobs on what changed in silver",
    operands: "[TABLE…|-]", verdict: "rows break a rule that fails the run",
    examples: [
      ("silver2gold", "brings every gold table up to date"),
      ("silver2gold gold.sales", "refreshes one table"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Flag(name: .customLong("full-refresh"), help: "make the tables anew from all of silver")
  var fullRefresh = false

  @Argument(help: "tables, or - for the events of the tool ahead (default: all of gold)")
  var tables: [String] = []

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console)
    let layer = LayerRun(
      workspace, schema: "gold", context: lake.queryContext(console), isFullRefresh: fullRefresh)
    for dataset in try console.datasets(tables, of: layer) {
      if trial.dryRun {
        if let plan = try layer.plan(dataset) { try console.write(plan) }
        continue
      }
      console.progress("\(dataset.name)")
      try layer.refresh(dataset) { try console.publish($0, in: workspace.lake) }
    }
  }
}
