import ArgumentParser
import Core
import LakeTool
import Lakehouse
import UnixTool

/// Till events into bronze.
@main struct IngestPOS: MedallionTool {
  static let manual = ToolManual(
    "ingest-pos", "takes till events (JSON lines, plain, gzip or zstd) into bronze",
    operands: "[FILE…|-]",
    examples: [
      ("ingest-pos", "takes what is new in the landing folders of sources.yml"),
      ("zstdcat day.ndjson.zst | ingest-pos -", "takes what comes through the pipe"),
    ])

  /// The fields without which a line is no event.
  private static let envelope = ["event_id", "event_type", "event_time"]

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Option(
    name: .customLong("max-rejects"),
    help: ArgumentHelp("refuse a file with more lines set aside", valueName: "PERCENT"))
  var maxRejects = 50

  @Argument(help: "files, or - for standard input (default: the landing folders)")
  var files: [String] = []

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console)
    let landings = try workspace.landings(of: Self.manual.name)
    guard let first = landings.first else {
      throw Fault(
        .configuration, at: Place("\(lake.jobs)/sources.yml"),
        "no landing folder names the tool 'ingest-pos'", remedy: "add one under 'landing'")
    }
    if !files.isEmpty {
      return try take(files.map(Self.input), into: first.landing, workspace, console)
    }
    for (landing, found) in landings {
      try take(found.map { .file($0) }, into: landing, workspace, console)
    }
  }

  private static func input(_ file: String) -> EventIngest.Input {
    file == "-" ? .stream("standard input", StandardInput()) : .file(file)
  }

  private func take(
    _ inputs: [EventIngest.Input], into landing: SourcesFile.Landing, _ workspace: Workspace,
    _ console: Console
  ) throws {
    let contract = try workspace.contract(
      system: landing.name, entity: landing.entity, at: landing.place)
    let ingest = EventIngest(
      lake: workspace.lake, contract: contract, tool: Self.manual.name,
      requiredFields: Self.envelope, rejectLimit: Double(maxRejects) / 100)
    if trial.dryRun {
      for file in try ingest.newInputs(among: inputs) {
        try console.write("would take \(file) into \(contract.name)")
      }
      return
    }
    let outcome = try ingest.take(inputs) { name, lines in
      console.progress("\(name): \(lines) lines")
    }
    if !files.isEmpty {
      for name in outcome.known { console.say("\(name): taken before, nothing to do") }
    }
    for name in outcome.empty { console.say("\(name): no events in it, nothing taken") }
    guard let commit = outcome.commit else { return }
    let report = commit.report(of: contract, job: Self.manual.name)
    try console.publish(report, in: workspace.lake)
  }
}
