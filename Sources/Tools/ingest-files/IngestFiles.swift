import ArgumentParser
import Core
import LakeTool
import Lakehouse
import UnixTool

/// Files of partners into bronze.
@main struct IngestFiles: MedallionTool {
  static let manual = ToolManual(
    "ingest-files", "takes files (CSV, JSON lines, Parquet) into a bronze table",
    operands: "[TABLE FILE…]",
    examples: [
      ("ingest-files", "takes what is new in the landing folders of sources.yml"),
      ("ingest-files bronze.invoices drops/*.csv.gz", "takes these files"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Argument(help: "a bronze table and files for it (default: the landing folders)")
  var operands: [String] = []

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console)
    if let table = operands.first {
      guard operands.count > 1 else {
        throw Fault(.usage, "no file is named", remedy: "give files after the table")
      }
      return try take(
        Array(operands.dropFirst()), into: try workspace.contract(named: table), workspace,
        console)
    }
    for (landing, files) in try workspace.landings(of: Self.manual.name) {
      let contract = try workspace.contract(
        system: landing.name, entity: landing.entity, at: landing.place)
      try take(files, into: contract, workspace, console)
    }
  }

  private func take(
    _ files: [String], into contract: BronzeContract, _ workspace: Workspace, _ console: Console
  ) throws {
    let ingest = FileIngest(lake: workspace.lake, contract: contract, tool: Self.manual.name)
    if trial.dryRun {
      for file in try ingest.newFiles(among: files) {
        try console.write("would take \(file) into \(contract.name)")
      }
      return
    }
    let outcome = try ingest.take(files) { console.progress($0) }
    if !operands.isEmpty {
      for name in outcome.known { console.say("\(name): taken before, nothing to do") }
    }
    for name in outcome.changed { console.warn(.changedInput(name)) }
    guard let commit = outcome.commit else { return }
    let report = commit.report(of: contract, job: Self.manual.name)
    try console.publish(report, in: workspace.lake)
  }
}
