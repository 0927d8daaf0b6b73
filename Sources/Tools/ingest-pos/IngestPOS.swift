import ArgumentParser
import Core
import Ingest
import LakeJobs
import LakeTool
import UnixTool

/// Till events into bronze.
@main struct IngestPOS: MedallionTool {
  static let manual = ToolManual(
    "ingest-pos", "takes till events (JSON lines, plain, gzip or zstd) into bronze",
    operands: "[FILE…|-]",
    examples: [
      ("ingest-pos", "takes what is new in the landing folders of sources.yml"),
      ("zstdcat day.ndjson.zst | ingest-pos -", "takes what comes through the pipe"),
      (
        "kcat -C $(ingest-pos --offsets pos/0) -J -e -q | ingest-pos --envelope kcat -",
        "takes what is new in a partition of a Kafka topic"
      ),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @OptionGroup(title: "Pipes") var stream: StreamOptions
  @OptionGroup(title: "Tills") var tills: TillOptions

  @Option(
    name: .customLong("max-rejects"),
    help: ArgumentHelp("refuse a file with more lines set aside", valueName: "PERCENT"))
  var maxRejects = 50

  @Argument(help: "files, or - for standard input (default: the landing folders)")
  var files: [String] = []

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console)
    if stream.offsets || tills.gaps || !files.isEmpty {
      // Files that are named have nothing to do with what lies in the landing folders.
      let landings = try workspace.sources().landings
      guard let landing = landings.first(where: { $0.tool == Self.manual.name }) else {
        throw noLanding
      }
      return try take(into: landing, workspace, console)
    }
    if stream.isSegmented { throw StreamOptions.noPipe }
    let landings = try workspace.landings(of: Self.manual.name)
    if landings.isEmpty { throw noLanding }
    for (landing, found) in landings {
      try take(found.map { .file($0) }, into: landing, workspace, console)
    }
  }

  private var noLanding: Fault {
    Fault(
      .configuration, at: Place("\(lake.jobs)/sources.yml"),
      "no landing folder names the tool 'ingest-pos'", remedy: "add one under 'landing'")
  }

  private static func input(_ file: String) -> EventIngest.Input {
    file == "-" ? .stream("standard input", StandardInput()) : .file(file)
  }

  /// Takes what the operands name, or tells where to go on.
  private func take(
    into landing: SourcesFile.Landing, _ workspace: Workspace, _ console: Console
  ) throws {
    let contract = try contract(of: landing, workspace)
    if tills.gaps {
      guard files.isEmpty else { throw TillOptions.noFiles }
      let sequences = try ingest(into: contract, workspace.lake).sequences()
      return try tills.printGaps(sequences, of: contract, console)
    }
    if stream.offsets {
      let offsets = try ingest(into: contract, workspace.lake).offsets(of: stream.consumer)
      return try stream.printOffsets(offsets, of: files, console)
    }
    guard stream.isSegmented else {
      return try take(files.map(Self.input), into: landing, workspace, console)
    }
    guard files == ["-"], !trial.dryRun else { throw StreamOptions.noPipe }
    try stream.take(
      console, in: workspace.lake, by: { ingest(into: contract, $0) },
      report: { try publish($0, into: contract, $1, console) })
  }

  private func take(
    _ inputs: [EventIngest.Input], into landing: SourcesFile.Landing, _ workspace: Workspace,
    _ console: Console
  ) throws {
    let contract = try contract(of: landing, workspace)
    let ingest = ingest(into: contract, workspace.lake)
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
    for name in outcome.changed { console.warn(.changedInput(name)) }
    for name in outcome.empty { console.say("\(name): no events in it, nothing taken") }
    try publish(outcome, into: contract, workspace.lake, console)
    for fault in outcome.refused { console.fail(fault) }
  }
}
