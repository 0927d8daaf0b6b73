import LakeJobs
import Refresh
package import UnixTool

/// A tool that brings one layer of the lake up to date from the one before: it names the layer and
/// declares the options, the run is the same for all.
package protocol LayerTool: MedallionTool {
  /// `silver` or `gold`.
  static var layer: String { get }
  /// Where the lake is.
  var lake: LakeOptions { get }
  /// Whether it is only said what would be done.
  var trial: DryRunOption { get }
  /// Whether tables are made anew.
  var fullRefresh: Bool { get }
  /// Operands: tables, or `-`.
  var tables: [String] { get }
}

extension LayerTool {
  package func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .layer(Self.layer))
    let layer = LayerRun(
      workspace, schema: Self.layer, context: lake.queryContext(console),
      isFullRefresh: fullRefresh)
    for dataset in try console.datasets(tables, of: layer.choice) {
      if trial.dryRun {
        if let plan = try layer.plan(dataset) { try console.write(plan) }
        continue
      }
      console.progress("\(dataset.name)")
      try layer.refresh(dataset) { report in
        try console.publish(report, in: workspace.lake)
        for note in report.notes { console.say(note) }
      }
    }
  }
}
