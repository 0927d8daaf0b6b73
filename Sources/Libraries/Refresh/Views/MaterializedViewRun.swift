import Columnar
import Core
import Delta
import Engine
import Governance
import LakeJobs
import LakeQuery

/// Makes a materialized view anew that is not current (`ViewStanding`): the partitions that changed
/// input can touch when these can be told, else all of it.
struct MaterializedViewRun {
  let dataset: Dataset
  private let query: QuerySyntax
  private let lake: Lake
  private let runner: QueryRunner
  private let inputs: ViewInputs
  private let isFullRefresh: Bool
  private let commits: TableCommit

  init(
    _ dataset: Dataset, _ query: QuerySyntax, jobs: JobFolder, lake: Lake, context: QueryContext,
    isFullRefresh: Bool
  ) throws {
    self.dataset = dataset
    self.query = query
    self.lake = lake
    self.isFullRefresh = isFullRefresh
    commits = TableCommit(lake: lake)
    let catalog = LakeCatalog(lake: lake, jobs: jobs)
    runner = catalog.runner(context)
    inputs = try ViewInputs(of: dataset, jobs: jobs, catalog)
  }

  /// Does the work; nil when it did not change the table.
  func run() throws -> CommitReport? {
    let table = commits.table(dataset.name)
    let snapshot = try table.snapshot()
    let step = lake.steps.begin()
    let plan = try runner.plan(query, filling: .materializedView)
    let decision = try decision(plan, snapshot)
    let scope = decision.scope
    lake.steps.note("\(dataset.name): \(words(of: decision, snapshot))")
    let rows = try CheckedRows(
      plan.restricted(to: scope, of: partitionColumn), RowRules(dataset: dataset), lake: lake,
      runner)
    let definition = commits.definition(of: dataset, plan.schema.forgettingOrigin)
    let outcome = try table.update(commits.context("REFRESH", [("scope", scope.words)])) {
      transaction in
      switch scope {
      case .nothing: break
      case .partitions(let values):
        try transaction.overwritePartitions(rows.passed, alsoEmptying: Set(values.map { [$0] }))
      case .everything: try transaction.overwriteAll(rows.passed, as: definition)
      }
      let replaces = scope == .everything
      try commits.commit(rows.quarantine, of: dataset.name, replacing: replaces)
      inputs.mark(&transaction, replacingAll: replaces)
    }
    step.end(
      "\(dataset.name): \(outcome.words): \(counted(rows.rowCount, "row")) made, "
        + "\(rows.quarantine.count) set aside")
    guard let version = outcome.newVersion else { return nil }
    return report(version, rows, plan, scope)
  }

  /// `3 of 212 partitions: …`.
  private func words(of decision: RefreshDecision, _ snapshot: Snapshot?) -> String {
    guard case .partitions(let values) = decision.scope, let snapshot else {
      return "\(decision.scope.words): \(decision.why)"
    }
    let present = Set(snapshot.files.map(\.partitionValues)).count
    return "\(values.count) of \(counted(present, "partition")): \(decision.why)"
  }

  /// What `run` would make anew, in words.
  func describe() throws -> String {
    let snapshot = try commits.table(dataset.name).snapshot()
    return try decision(try runner.plan(query), snapshot).scope.words
  }

  /// Why all of the view is to be made anew, whatever its inputs; nil when it need not be.
  private func rebuildReason(_ snapshot: Snapshot?) -> String? {
    if isFullRefresh { return "a full refresh was asked for" }
    guard let snapshot else { return "it is not there yet" }
    return snapshot.summary.isMade(by: dataset) ? nil : "the job was changed"
  }

  private func decision(_ plan: LogicalPlan, _ snapshot: Snapshot?) throws -> RefreshDecision {
    if let why = rebuildReason(snapshot) { return RefreshDecision(.everything, because: why) }
    let recorded = inputs.recorded(in: snapshot)
    try inputs.check(recorded, marks: inputs.marks(in: snapshot))
    // What was set aside does not tell which partition it would have been in.
    if dataset.expectations.contains(where: { $0.violation == .quarantine }),
      try !inputs.changed(since: recorded).isEmpty
    {
      return RefreshDecision(.everything, because: "rows set aside tell no partition")
    }
    return try inputs.scope(
      of: plan, partition: partitionColumn, since: recorded, runner)
  }

  /// The column the view is cut by, when it is just one.
  private var partitionColumn: String? {
    dataset.partitionColumns.count == 1 ? dataset.partitionColumns[0] : nil
  }

  private func report(
    _ version: Int64, _ rows: CheckedRows, _ plan: LogicalPlan, _ scope: RefreshScope
  ) -> CommitReport {
    var partitions: [String] = []
    if case .partitions(let values) = scope {
      partitions = values.map { value in
        FilePath.folder(column: dataset.partitionColumns[0], value: value)
      }.sorted()
    }
    return CommitReport(
      table: dataset.name, job: "\(dataset.name)", version: "\(version)", schema: plan.schema,
      fileFormat: "delta",
      change: ChangeFacet(
        inserted: rows.rowCount, quarantined: rows.quarantine.count, partitions: partitions),
      written: DataSize(rowCount: rows.rowCount), inputs: inputs.reports,
      columns: ColumnEdges.edges(of: plan, to: dataset.name, columns: plan.schema),
      rules: rows.rules, setAside: rows.quarantine.counts, sql: query.text,
      comment: dataset.comment)
  }
}

extension Schema {
  /// The columns as a table of their own has them: nullable, whatever made them.
  var forgettingOrigin: Schema { Schema(fields.map { Field($0.name, $0.type) }) }
}
