import Core
import Extraction
import Governance
import Ingest
import LakeJobs
import LakeTool
import UnixTool

/// Takes change events from files and pipes, and says what became of them.
struct EventIntake {
  let workspace: Workspace
  /// The folder of the job files.
  let jobs: String
  let options: EventOptions
  let acceptedDeletes: Int?
  let isTrial: Bool
  let console: Console

  private static let tool = CDCExtract.manual.name

  /// Takes what `operands` name, or prints where the topics go on.
  func run(_ operands: [String]) throws {
    let systems = try workspace.sources().systems.filter { $0.method == .events }
    guard !systems.isEmpty else {
      throw Fault(
        .configuration, at: Place("\(jobs)/sources.yml"),
        "no system is of the kind debezium",
        remedy: "add one, with the prefix of its topics as its location")
    }
    let extraction = try EventExtraction(
      of: systems, workspace, tool: isTrial || options.offsets ? nil : Self.tool,
      consumer: options.consumer, acceptedDeletes: acceptedDeletes
    ) { console.fail($0) }
    if options.offsets {
      guard operands.isEmpty else { throw Self.noFiles }
      let offsets = try extraction.offsets()
      for partition in offsets.next.keys.sorted() {
        try console.write(offsets.arguments(for: partition))
      }
      return
    }
    guard !operands.isEmpty else { throw Self.noInput }
    var news = EventNews(console)
    defer { news.end(extraction) }
    try console.finishingWhatCame {
      for operand in operands { try take(operand, extraction, &news) }
    }
  }

  /// Takes what an operand names, part by part.
  private func take(
    _ operand: String, _ extraction: EventExtraction, _ news: inout EventNews
  ) throws {
    let pipe = try PipeInput(operand: operand)
    let name = pipe?.name ?? operand
    do {
      let source: any ByteSource
      if let pipe {
        source = pipe
      } else {
        source = try FileBytes(workspace.lake.fileSystem.open(FileAddress.path(operand)))
      }
      let lines = EventIngest.lines(of: source, name: name) { pipe?.isCutOff ?? false }
      let segments = EventSegments(lines, limits: options.limits) { pipe?.waits($0) ?? true }
      func tell(_ outcome: EventOutcome) throws {
        news.add(outcome)
        try publish(outcome)
      }
      while let segment = try segments.next() {
        try extraction.take(segment, of: name, tell) { console.fail($0) }
      }
      try extraction.finish(name, tell) { console.fail($0) }
      if let pipe { console.tellCutOff(pipe, lines) }
    } catch let fault as Fault where pipe == nil && fault.place?.file == name {
      // What is wrong with a file concerns that file alone.
      console.fail(fault)
    }
  }

  /// Tells of what was taken, once it is committed.
  private func publish(_ outcome: EventOutcome) throws {
    if isTrial, outcome.changeCount > 0 {
      try console.write(
        "would take \(counted(outcome.changeCount, "change")) into "
          + "\(outcome.table.contract.name)")
    }
    guard let commit = outcome.commit else { return }
    try console.publish(
      commit.report(
        of: outcome.table.contract, job: Self.tool, repeatedCount: outcome.repeatedCount),
      in: workspace.lake)
  }

  private static let noFiles = Fault(
    .usage, "files are named, but '--offsets' reads none", remedy: "give one or the other")

  private static let noInput = Fault(
    .usage, "nothing is named to take events from",
    remedy: "name files, or - for standard input")
}
