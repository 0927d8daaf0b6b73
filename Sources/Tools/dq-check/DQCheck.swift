import ArgumentParser
import Columnar
import Core
import Engine
import Governance
import LakeJobs
import LakeQuery
import LakeTool
import Lakehouse
import TextFormats
import UnixTool
import WarehouseJobs
import WarehouseTool

/// Do the published tables keep their rules?
@main struct DQCheck: MedallionTool {
  static let manual = ToolManual(
    "dq-check", "checks the rules of jobs/quality on published tables", operands: "[TABLE…]",
    verdict: "a rule of level error does not hold",
    examples: [
      ("dq-check", "checks every rule"),
      ("dq-check gold.sales --format json", "checks one table, a JSON line a rule"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup var state: AsOfOption
  @OptionGroup var report: ReportOptions
  @OptionGroup var sight: SightOptions
  @OptionGroup(title: "Run") var options: RunOptions

  @Argument(help: "tables (default: all that have rules)")
  var tables: [String] = []

  func run(_ console: Console) throws {
    let warehouse = try place.warehousePlace(inLake: lake.lake)
    let workspace = try lake.workspace(console, needing: .readable)
    try workspace.jobs.checkSettings()
    let (role, book) = try eyes(workspace)
    let runner = try runner(workspace, warehouse, role, console)
    let rules = try rules(workspace, console).filter { try mayRead($0, runner, role, console) }
    var reads = LabelledReads(role, book)
    let check = QualityCheck(runner) {
      guard role == nil, !sight.showsLabelled else { return .none }
      return try LabelCover(of: workspace) {
        try BoundJobs(workspace, complete: StarLineage.complete)
      }
    } shows: { plan in
      guard reads.isPossible else { return }
      try reads.add(Optimizer(clock: console.clock).optimize(plan))
    }
    let outcomes = try rules.enumerated().map { number, rule in
      let words = "\(rule.table), rule \(number + 1) of \(rules.count)"
      console.progress(words)
      let step = console.steps.begin()
      let outcome = try check.run(rule)
      step.end("\(words), '\(rule.name)': \(outcome.word)")
      return outcome
    }
    let found = QualityReport(
      outcomes, owners: TableOwners(workspace) { console.warn($0) })
    if role != nil {
      console.note("what a role sees is not the table: events do not tell of this check")
    } else if console.mayWrite(in: lake.lake) {
      try EventLog(lake: lake.lake, files: workspace.lake.fileSystem)
        .append([found.event(of: workspace.lake, tool: Self.manual.name)])
    } else {
      console.note("\(lake.lake) may not be written: its events do not tell of this check")
    }
    try lake.record(
      reads.told(asking: rules.map(\.name).joined(separator: "\n")), console)
    try tell(found, console)
    if let fault = found.fault { throw fault }
  }

  /// The rules asked for; the warehouse keeps no versions, so its rules are left out of the past.
  func rules(_ workspace: Workspace, _ console: Console) throws -> [QualityRule] {
    let all = try QualityFile(jobs: lake.jobs, fileSystem: workspace.lake.fileSystem).rules
    guard !all.isEmpty else {
      throw Fault(
        .configuration, at: Place("\(lake.jobs)/quality"), "there are no rules",
        remedy: "write some to \(lake.jobs)/quality/NAME.yml")
    }
    let wanted = try QualityCheck.select(all, tables: tables)
    guard state.asOf != nil else { return wanted }
    // Bronze tables have a past by time, and no versions.
    let unversioned = state.asOf?.version == nil ? ["warehouse"] : ["warehouse", "bronze"]
    let versioned = wanted.filter { !unversioned.contains($0.table.schema) }
    if versioned.count < wanted.count {
      console.say(
        "the rules of \(unversioned.joined(separator: " and ")) tables are left out: they keep no "
          + "versions")
    }
    return versioned
  }

  private func tell(_ found: QualityReport, _ console: Console) throws {
    switch report.format {
    case .text: try console.output.write(found.text(byRule: !tables.isEmpty))
    case .json: try console.output.write(try found.jsonLines())
    case .csv:
      let writer = CSVWriter(
        found.batch.schema, escapesFormulas: report.escapesFormulas
      ) { try console.output.write($0) }
      try writer.append(found.batch)
      try writer.finish()
    }
  }
}
