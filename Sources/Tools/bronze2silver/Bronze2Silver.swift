import ArgumentParser
import Core
import Engine
import Governance
import Lakehouse
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
    let workspace = try Workspace(
      lake: Lake(
        root: lake.lake, fileSystem: LocalFileSystem(), clock: console.clock,
        runID: console.runID), jobsFolder: lake.jobs)
    let run = LayerRun(
      workspace, schema: "silver",
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
