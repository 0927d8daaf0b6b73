import ArgumentParser
import Columnar
import Core
import Database
import Governance
import Ingest
import LakeJobs
import LakeTool
import UnixTool

/// Changes of source databases into bronze.
@main struct CDCExtract: MedallionTool {
  static let manual = ToolManual(
    "cdc-extract", "takes inserts, updates and deletes of source databases into bronze",
    operands: "[SYSTEM[.TABLE]…]", verdict: "too many rows vanished from a source",
    examples: [
      ("cdc-extract", "takes the changes of every system in sources.yml"),
      ("cdc-extract orders.customers --accept-deletes 4711", "confirms that 4711 rows are gone"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Option(
    name: .customLong("accept-deletes"),
    help: ArgumentHelp("let exactly this many rows vanish", valueName: "N"))
  var acceptDeletes: Int?

  @Argument(help: "systems or tables of sources.yml (default: all)")
  var operands: [String] = []

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console)
    let systems = try workspace.sources().systems
    try check(systems)
    for system in systems {
      let wanted = try system.tables.filter { isWanted(system.name, $0.name) }.map { table in
        try work(on: table, of: system, workspace)
      }
      try extract(wanted, of: system, workspace, console)
    }
  }

  /// What is to be done for one table.
  private struct TableWork {
    let name: String
    let spec: CompareSpec
    let contract: BronzeContract
    let ingest: ChangeIngest
  }

  private func work(
    on table: SourcesFile.SourceTable, of system: SourcesFile.SourceSystem,
    _ workspace: Workspace
  ) throws -> TableWork {
    let contract = try workspace.contract(
      system: system.name, entity: table.name, at: table.place)
    let spec = CompareSpec(
      table.name, keyColumns: table.keys, updatedAtColumn: table.updatedAt,
      acceptedDeletes: acceptDeletes)
    return TableWork(
      name: "\(system.name).\(table.name)", spec: spec, contract: contract,
      ingest: ChangeIngest(lake: workspace.lake, contract: contract, tool: Self.manual.name))
  }

  private func isWanted(_ system: String, _ table: String) -> Bool {
    operands.isEmpty || operands.contains(system) || operands.contains("\(system).\(table)")
  }

  private func check(_ systems: [SourcesFile.SourceSystem]) throws(Fault) {
    let known = systems.flatMap { system in
      [system.name] + system.tables.map { "\(system.name).\($0.name)" }
    }
    for operand in operands where !known.contains(operand) {
      throw Fault(
        .missing, at: Place("\(lake.jobs)/sources.yml"), "'\(operand)' is not a source",
        remedy: "use one of \(known.joined(separator: ", "))")
    }
    if acceptDeletes != nil, operands.count != 1 || !operands[0].contains(".") {
      throw Fault(
        .usage, "--accept-deletes is for one table", remedy: "name it as SYSTEM.TABLE")
    }
  }

  /// The source in one read transaction, so that its tables agree with each other.
  private func open(_ system: SourcesFile.SourceSystem) throws(Fault) -> SQLiteConnection {
    let source = try SQLiteConnection(system.location, .readOnly)
    try source.beginSnapshot()
    return source
  }

  /// Extracts the tables of a source, unless it is as it was the last time.
  private func extract(
    _ tables: [TableWork], of system: SourcesFile.SourceSystem, _ workspace: Workspace,
    _ console: Console
  ) throws {
    let files = workspace.lake.fileSystem
    let stamp = try SourceStamp(of: system.location, files)
    let isSettled = stamp?.isSettled(at: Console.systemTime) ?? false
    let changed = try tables.filter { try !$0.ingest.isUnchanged($0.spec, by: stamp) }
    guard !changed.isEmpty else { return }
    let source = try open(system)
    var compared: [TableWork] = []
    for table in changed where try extract(table, from: source, workspace, console) {
      compared.append(table)
    }
    // Only if nothing was written meanwhile is the stamp that of what was read.
    guard isSettled, let stamp, try SourceStamp(of: system.location, files) == stamp else { return }
    for table in compared { try table.ingest.remember(stamp, table.spec) }
  }

  /// Extracts a table; true when there is nothing to say of it until its source changes.
  private func extract(
    _ table: TableWork, from source: SQLiteConnection, _ workspace: Workspace, _ console: Console
  ) throws -> Bool {
    console.progress(table.name)
    if trial.dryRun {
      let found = try table.ingest.look(at: table.spec, in: source)
      if found.changeCount > 0 {
        try console.write("would take \(found.changeCount) changes into \(table.contract.name)")
      }
      return false
    }
    let (commit, summary) = try table.ingest.take(table.spec, from: source)
    tellDrift(summary, table.contract, console)
    if let commit {
      var report = commit.report(of: table.contract, job: Self.manual.name)
      report.inputs = [
        CommitReport.Input(
          DatasetName(table.spec.table, in: "sqlite:\(source.place.file)"), rowCount: summary.read)
      ]
      try console.publish(report, in: workspace.lake)
    }
    return summary.addedColumns.isEmpty && summary.removedColumns.isEmpty
  }

  private func tellDrift(
    _ summary: ExtractionSummary, _ contract: BronzeContract, _ console: Console
  ) {
    for column in summary.addedColumns where contract.schema.index(of: column) == nil {
      console.say(
        "\(contract.name): the source has a new column '\(column)'; "
          + "it is kept, add it to setup.sql to read it")
    }
    for column in summary.removedColumns {
      console.say("\(contract.name): the source no longer has column '\(column)'")
    }
  }
}
