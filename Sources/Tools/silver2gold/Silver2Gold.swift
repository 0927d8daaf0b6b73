import ArgumentParser
import Core
import Engine
import Governance
import Lakehouse
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
    let workspace = try Workspace(
      lake: Lake(
        root: lake.lake, fileSystem: LocalFileSystem(), clock: console.clock,
        runID: console.runID), jobsFolder: lake.jobs)
    let run = LayerRun(
      workspace, schema: "gold",
      context: QueryContext(
        clock: console.clock, memoryLimit: lake.memory.bytes, threadCount: lake.threads,
        spillDirectory: lake.lake + "/_spill"),
      isFullRefresh: fullRefresh)
    let recorder = RunRecorder(lake: workspace.lake, tool: Self.manual.name)
    for dataset in try datasets(run, console) {
      if trial.dryRun {
        if let plan = try run.plan(dataset) { try console.write(plan) }
        continue
      }
      console.progress("\(dataset.name)")
      try run.refresh(dataset) { report in
        let event = try recorder.record(report)
        try console.publish(event: event.line, sentence: event.sentence)
      }
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
