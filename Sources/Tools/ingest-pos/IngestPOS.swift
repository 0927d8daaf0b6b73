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

  static var manyOperands: WritableKeyPath<IngestPOS, [String]>? { \.files }

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .setup)
    guard stream.offsets || tills.gaps || !files.isEmpty else {
      return try takeLandings(workspace, console)
    }
    // Files that are named have nothing to do with what lies in the landing folders.
    let landings = try workspace.sources().landings
    guard let landing = landings.first(where: { $0.tool == Self.manual.name }) else {
      throw noLanding
    }
    let door = try door(to: landing, workspace, console)
    if tills.gaps {
      guard files.isEmpty else { throw Self.noFiles }
      return try door.printGaps(tills.report)
    }
    if stream.offsets { return try door.printOffsets(of: stream.consumer, in: files) }
    let files = try files.map { try FileAddress.path($0) }
    if trial.dryRun, !stream.isSegmented {
      return try door.preview(files.filter { $0 != "-" }.map { .file($0) })
    }
    guard stream.isSegmented else { return try door.take(files) }
    guard files.count == 1, !trial.dryRun, let pipe = try PipeInput(operand: files[0]) else {
      throw Self.noPipe
    }
    try door.take(
      pipe, in: stream.limits, consumer: stream.envelope == .kcat ? stream.consumer : nil)
  }

  private func takeLandings(_ workspace: Workspace, _ console: Console) throws {
    if stream.isSegmented { throw Self.noPipe }
    let folders = try workspace.landings(of: Self.manual.name)
    // A business may have no tills.
    if folders.isEmpty { console.note("\(noLanding)") }
    for folder in folders {
      console.tell(of: folder)
      // What keeps one folder's files out keeps no others out.
      do {
        let door = try door(to: folder.landing, workspace, console)
        try door.take(folder, isTrial: trial.dryRun)
      } catch {
        console.fail(error)
      }
    }
  }

  /// The way into the bronze table that a landing folder feeds, as the options say.
  private func door(
    to landing: SourcesFile.Landing, _ workspace: Workspace, _ console: Console
  ) throws -> EventDoor {
    let contract = try workspace.contract(
      system: landing.name, entity: landing.entity, at: landing.place)
    return EventDoor(contract: contract, lake: workspace.lake, console: console) { lake in
      EventIngest(
        lake: lake, contract: contract, tool: Self.manual.name,
        requiredFields: EventIngest.envelope, rejectLimit: Double(maxRejects) / 100,
        threadCount: self.lake.threads, maximumSkew: tills.maximumSkew)
    }
  }

  private var noLanding: Fault {
    Fault(
      .configuration, at: Place("\(lake.jobs)/sources.yml"),
      "no landing folder names the tool 'ingest-pos'", remedy: "add one under 'landing'")
  }

  private static let noPipe = Fault(
    .usage, "only a pipe is taken in parts", remedy: "give '-' and nothing else to read from it")

  private static let noFiles = Fault(
    .usage, "files are named, but '--gaps' reads none", remedy: "give one or the other")
}
