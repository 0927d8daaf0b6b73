import ArgumentParser
import Core
import Database
import Engine
import Governance
import Lakehouse
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
    let workspace = try Workspace(
      lake: Lake(
        root: lake.lake, fileSystem: LocalFileSystem(), clock: console.clock,
        runID: console.runID), jobsFolder: lake.jobs)
    let context = QueryContext(
      clock: console.clock, memoryLimit: lake.memory.bytes, threadCount: lake.threads,
      spillDirectory: lake.lake + "/_spill")
    let layer = LayerRun(
      workspace, schema: "warehouse", context: context, isFullRefresh: fullRefresh)
    let wanted = try datasets(layer, console).filter { StarLoad.isPart($0, .fact) }
    let place = warehouse.place(inLake: lake.lake)
    try workspace.lake.fileSystem.createDirectory(parent(of: place))
    let run = StarLoadRun(
      workspace, into: try SQLiteConnection(place, .create),
      siteKey: try Secret.made("warehouse-hash-key", in: "\(lake.lake)/_secrets"),
      context: context, isFullRefresh: fullRefresh)
    if trial.dryRun {
      for plan in try run.plan(wanted) { try console.write(plan) }
      return
    }
    let recorder = RunRecorder(lake: workspace.lake, tool: Self.manual.name)
    for report in try run.run(wanted) {
      let event = try recorder.record(report)
      try console.publish(event: event.line, sentence: event.sentence)
    }
  }

  private func datasets(_ run: LayerRun, _ console: Console) throws -> [Lakehouse.Dataset] {
    guard tables == ["-"] else { return try run.datasets(named: tables) }
    let events = try console.inputLines().enumerated().map { number, line in
      try RunEvent(parsing: line, at: Place("standard input", line: number + 1))
    }
    return try run.datasets(fedBy: events)
  }
}
