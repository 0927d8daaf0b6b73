import ArgumentParser
import Core
import Ingest
import LakeJobs
import LakeTool
import UnixTool

/// Files of partners into bronze.
@main struct IngestFiles: MedallionTool {
  static let manual = ToolManual(
    "ingest-files", "takes files (CSV, JSON lines, Parquet) into a bronze table",
    operands: "[TABLE FILE…|-]",
    examples: [
      ("ingest-files", "takes what is new in the landing folders of sources.yml"),
      ("ingest-files bronze.invoices drops/*.csv.gz", "takes these files"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Option(
    name: .customLong("max-rejects"),
    help: ArgumentHelp("refuse a file with more records set aside", valueName: "PERCENT"))
  var maxRejects = 50

  @Argument(help: "a bronze table and files for it (default: the landing folders)")
  var operands: [String] = []

  /// Files in a landing folder are taken for whole when they have not changed for so long.
  private static let settle = Duration.seconds(5)

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .setup)
    if let table = operands.first {
      guard operands.count > 1 else {
        throw Fault(.usage, "no file is named", remedy: "give files after the table")
      }
      let ingest = try ingest(
        into: try workspace.contract(named: table), workspace, settle: nil)
      let files = try operands.dropFirst().map { try FileAddress.path($0) }
      return try take(files, by: ingest, workspace, console)
    }
    for folder in try workspace.landings(of: Self.manual.name) {
      // What keeps one folder's files out keeps no others out.
      do {
        try take(folder, workspace, console)
      } catch {
        console.fail(error)
      }
    }
  }

  private func take(
    _ folder: LandingFolder, _ workspace: Workspace, _ console: Console
  ) throws {
    let landing = folder.landing
    let contract = try workspace.contract(
      system: landing.name, entity: landing.entity, at: landing.place)
    let ingest = try ingest(into: contract, workspace, settle: Self.settle)
    console.tell(of: folder, isCompanion: ingest.isCompanion)
    let files = folder.files.filter { !ingest.isCompanion($0) }
    // What has only just come is waited for, once.
    let patience = try ingest.patience(for: files)
    if patience <= Self.settle, !trial.dryRun { pause(patience) }
    try take(files, by: ingest, workspace, console)
  }

  private func ingest(
    into contract: BronzeContract, _ workspace: Workspace, settle: Duration?
  ) throws -> FileIngest {
    try FileIngest(
      lake: workspace.lake, contract: contract, tool: Self.manual.name,
      rejectLimit: Double(maxRejects) / 100, threadCount: lake.threads, settle: settle,
      systemTime: { Console.systemTime })
  }

  private func take(
    _ files: [String], by ingest: FileIngest, _ workspace: Workspace, _ console: Console
  ) throws {
    let name = ingest.contract.name
    if trial.dryRun {
      let (found, refused) = try ingest.newFiles(among: files.filter { $0 != "-" })
      for (file, waits) in found {
        try console.write(waits.map { "\(file): \($0)" } ?? "would take \(file) into \(name)")
      }
      for fault in refused { console.fail(fault) }
      return
    }
    let inputs = try files.map { file in
      guard let pipe = try PipeInput(operand: file) else { return FileInput(file) }
      return FileInput(pipe: pipe.name, try SpooledFile(pipe, in: "\(lake.lake)/_spill"))
    }
    let outcome = try ingest.take(inputs) { console.progress($0) }
    if !operands.isEmpty {
      for file in outcome.known { console.say("\(file): taken before, nothing to do") }
    }
    for file in outcome.repeated {
      console.say("\(file): the same bytes were taken before, nothing to do")
    }
    for file in outcome.alike {
      console.say("\(file): holds the bytes of another file, and is taken as another delivery")
    }
    for file in outcome.changed { console.warn(.changedInput(file)) }
    for (file, words, count) in outcome.drifted {
      console.warn(.drift(words, of: file, name, rejectedCount: count))
    }
    for (file, why) in outcome.waiting {
      // Who names a file expects it to be taken.
      let fault = Fault(.temporary, at: Place(file), why, remedy: "left for a later run")
      if operands.isEmpty { console.say("\(file): \(why)") } else { console.fail(fault) }
    }
    if let commit = outcome.commit {
      let report = commit.report(of: ingest.contract, job: Self.manual.name)
      try console.publish(report, in: workspace.lake)
    }
    for fault in outcome.refused { console.fail(fault) }
  }
}
