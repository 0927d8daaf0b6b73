import ArgumentParser
import Columnar
import Core
import Database
import Extraction
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
      ("cdc-extract --setup shop", "makes what the system needs at the source: slot, or triggers"),
      ("cdc-extract orders.customers --accept-deletes 4711", "confirms that 4711 rows are gone"),
      ("kcat … -J | cdc-extract --from debezium -", "takes change events of Debezium"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @OptionGroup(title: "Source") var source: SourceOptions

  @Option(
    name: .customLong("accept-deletes"),
    help: ArgumentHelp("let exactly this many rows vanish", valueName: "N"))
  var acceptDeletes: Int?

  @OptionGroup(title: "Events") var events: EventOptions

  @Argument(help: "systems or tables of sources.yml (default: all), or files of events")
  var operands: [String] = []

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .setup)
    if events.from != nil {
      return try EventIntake(
        workspace: workspace, jobs: lake.jobs, options: events, acceptedDeletes: acceptDeletes,
        isTrial: trial.dryRun, console: console
      ).run(operands)
    }
    let systems = try workspace.sources().systems
    try check(systems)
    let secrets = "\(lake.lake)/_secrets"
    let wanted = systems.filter { isWanted($0) }.compactMap { system in
      do {
        return try system.resolved(in: secrets)
      } catch {
        console.fail(error)
        return nil
      }
    }
    if try source.act(on: wanted, operands, workspace, console) { return }
    for system in wanted {
      let tables = system.tables.filter { isWanted(system.name, $0.name) }
      let extraction = SourceExtraction(
        of: system, workspace, tool: Self.manual.name, acceptedDeletes: acceptDeletes,
        resumption: source.resume, systemTime: { Console.systemTime },
        progress: { console.progress($0) })
      if trial.dryRun {
        try extraction.look(tables) {
          try preview($0, console)
        } fail: {
          console.fail($0)
        }
        continue
      }
      try extraction.take(tables) { outcome in
        ExtractionNews(outcome).tell(console)
        try publish(outcome, in: workspace.lake, console)
      } fail: {
        console.fail($0)
      }
    }
  }

  /// Whether the system is read; one that others tell of, only to say so.
  func isWanted(_ system: SourcesFile.SourceSystem) -> Bool {
    if operands.isEmpty, system.method == .events { return false }
    return system.tables.contains { isWanted(system.name, $0.name) }
  }

  func isWanted(_ system: String, _ table: String) -> Bool {
    operands.isEmpty || operands.contains(system) || operands.contains("\(system).\(table)")
  }

  func check(_ systems: [SourcesFile.SourceSystem]) throws(Fault) {
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

  private func preview(_ outcome: TableOutcome, _ console: Console) throws {
    let count = outcome.summary.changeCount
    guard count > 0 else { return }
    try console.write("would take \(counted(count, "change")) into \(outcome.table.contract.name)")
  }

  private func publish(
    _ outcome: TableOutcome, in lake: Lake, _ console: Console
  ) throws {
    guard let commit = outcome.commit else { return }
    let table = outcome.table
    var report = commit.report(of: table.contract, job: Self.manual.name)
    report.inputs = [
      CommitReport.Input(
        DatasetName(table.source.name, in: outcome.namespace),
        rowCount: outcome.summary.read)
    ]
    try console.publish(report, in: lake)
  }
}
