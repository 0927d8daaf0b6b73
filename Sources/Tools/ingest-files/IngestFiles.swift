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

  static var manyOperands: WritableKeyPath<IngestFiles, [String]>? { \.operands }

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
    try take(files, seenAs: folder.looks, by: ingest, workspace, console)
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
    _ files: [String], seenAs looks: [String: FileStatus] = [:], by ingest: FileIngest,
    _ workspace: Workspace, _ console: Console
  ) throws {
    let name = ingest.contract.name
    if trial.dryRun {
      let (found, refused) = try ingest.newFiles(
        among: files.filter { $0 != "-" }, seenAs: looks)
      for (file, waits) in found {
        try console.write(waits.map { "\(file): \($0)" } ?? "would take \(file) into \(name)")
      }
      for fault in refused { console.fail(fault) }
      return
    }
    let inputs = try files.map { file in
      let look = looks[file]
      guard look == nil, let pipe = try PipeInput(operand: file) else {
        return FileInput(file, seenAs: look)
      }
      let budget = ScratchBudget(limit: lake.spill.bytes)
      return FileInput(pipe: pipe.name, try SpooledFile(pipe, in: "\(lake.lake)/_spill", budget))
    }
    let outcome = try ingest.take(inputs) { console.progress($0) }
    console.tell(of: outcome, into: name, isNamed: !operands.isEmpty)
    if let commit = outcome.commit {
      let report = commit.report(of: ingest.contract, job: Self.manual.name)
      try console.publish(report, in: workspace.lake)
    }
    for fault in outcome.refused { console.fail(fault) }
  }
}
