import Audit
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
  /// Days that are made anew in views cut by them, whatever changed.
  var days: DayRange? { get }
  /// Whether a change without a key or a sequence fails the run, and is not set aside.
  var strict: Bool { get }
  /// Whether changes of one key and sequence that differ fail it.
  var failsOnTies: Bool { get }
  /// Why it is done, which is recorded where tables are made anew.
  var reason: ReasonOption { get }
  /// Operands: tables, or `-`.
  var tables: [String] { get }
}

extension LayerTool {
  package var days: DayRange? { nil }
  package var strict: Bool { false }
  package var failsOnTies: Bool { false }

  package func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .layer(Self.layer))
    let layer = LayerRun(
      workspace, schema: Self.layer, context: lake.queryContext(console),
      isFullRefresh: fullRefresh, days: days?.days,
      strictness: Strictness(failsOnMissingKeys: strict, failsOnTies: failsOnTies))
    let datasets = try console.datasets(tables, of: layer.choice)
    for (number, dataset) in datasets.enumerated() {
      if trial.dryRun {
        if let plan = try layer.plan(dataset) { try console.write(plan) }
        continue
      }
      console.progress("\(dataset.name)", done: number, of: datasets.count, "table")
      try recorded(dataset, console) {
        try layer.refresh(dataset, before: datasets.dropFirst(number + 1)) { report in
          try console.publish(report, in: workspace.lake)
          for note in report.notes { console.say(note) }
        }
      }
    }
  }

  /// Does `refresh`; one that makes a table anew is told to the audit record first.
  private func recorded(
    _ dataset: Dataset, _ console: Console, _ refresh: () throws -> Void
  ) throws {
    guard fullRefresh else { return try refresh() }
    let entry = lake.entry("refresh.full", "\(dataset.name)", why: reason.why)
    try lake.audit(console).recording(entry, refresh)
  }

  package func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(lake, console, isTrial: trial.dryRun)
    let choice = DatasetChoice(among: found.workspace.jobs, schema: Self.layer)
    // What events on standard input name is not known before they come.
    for dataset in try choice.datasets(named: tables == ["-"] ? [] : tables) {
      for input in found.workspace.jobs.inputs(of: dataset) { found.read(input) }
      found.write(dataset.name)
    }
    found.tell()
    if fullRefresh { found.record() }
    return found.needs
  }
}
