import ArgumentParser
import LakeJobs
import LakeTool
import Refresh
import UnixTool

/// What is new in bronze into silver.
@main struct Bronze2Silver: MedallionTool {
  static let manual = ToolManual(
    "bronze2silver", "runs the silver jobs on what is new in bronze",
    operands: "[TABLE…|-]", verdict: "rows break a rule that fails the run",
    examples: [
      ("bronze2silver", "brings every silver table up to date"),
      ("ingest-pos day.ndjson | bronze2silver -", "works on what the tool ahead took in"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Flag(name: .customLong("full-refresh"), help: "make the tables anew from all of bronze")
  var fullRefresh = false

  @Argument(help: "tables, or - for the events of the tool ahead (default: all of silver)")
  var tables: [String] = []

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console)
    let layer = LayerRun(
      workspace, schema: "silver", context: lake.queryContext(console), isFullRefresh: fullRefresh)
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
