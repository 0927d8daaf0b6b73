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
  /// Days that are made anew, whatever changed.
  private let days: Range<CivilDate>?
  private let commits: TableCommit

  init(
    _ dataset: Dataset, _ query: QuerySyntax, jobs: JobFolder, lake: Lake, context: QueryContext,
    isFullRefresh: Bool, days: Range<CivilDate>? = nil
  ) throws {
    self.days = days
    self.dataset = dataset
    self.query = query
    self.lake = lake
    self.isFullRefresh = isFullRefresh
    commits = TableCommit(lake: lake, of: dataset, jobs)
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
    let definition = try commits.definition(of: dataset, plan.schema.forgettingOrigin)
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
  func describe() throws -> String { try staleScope().words }

  /// What `run` would make anew.
  func staleScope() throws -> RefreshScope {
    let snapshot = try commits.table(dataset.name).snapshot()
    return try decision(try runner.plan(query), snapshot).scope
  }

  /// Why all of the view is to be made anew, whatever its inputs; nil when it need not be.
  private func rebuildReason(_ snapshot: Snapshot?) -> String? {
    if isFullRefresh { return "a full refresh was asked for" }
    guard let snapshot else { return "it is not there yet" }
    return snapshot.summary.isMade(by: dataset) ? nil : "the job was changed"
  }

  private func decision(_ plan: LogicalPlan, _ snapshot: Snapshot?) throws -> RefreshDecision {
    if days != nil, snapshot != nil { try checkDays(plan) }
    if let why = rebuildReason(snapshot) { return RefreshDecision(.everything, because: why) }
    let recorded = inputs.recorded(in: snapshot)
    try inputs.check(recorded, marks: inputs.marks(in: snapshot))
    // What was set aside does not tell which partition it would have been in.
    if dataset.expectations.contains(where: { $0.violation == .quarantine }),
      try !inputs.changed(since: recorded).isEmpty
    {
      return RefreshDecision(.everything, because: "rows set aside tell no partition")
    }
    let changed = try inputs.scope(
      of: plan, partition: partitionColumn, since: recorded, runner)
    return adding(days, to: changed)
  }

  /// Refuses to make days anew of a view that is not cut by them.
  private func checkDays(_ plan: LogicalPlan) throws(Fault) {
    guard let column = partitionColumn, let position = plan.schema.index(of: column),
      plan.schema.fields[position].type == .date
    else {
      throw Fault(
        .usage, at: dataset.place, "'\(dataset.name)' is not cut by days",
        remedy: "give it 'partition.by' with one column of type DATE, or make it with "
          + "--full-refresh")
    }
  }

  /// `decision` with the days that are asked for.
  private func adding(
    _ days: Range<CivilDate>?, to decision: RefreshDecision
  ) -> RefreshDecision {
    guard let days else { return decision }
    var values: Set<String?> = []
    switch decision.scope {
    case .everything: return decision
    case .partitions(let changed): values = changed
    case .nothing: break
    }
    var day = days.lowerBound
    while day < days.upperBound {
      values.insert(PartitionValue.encode(.date(day)))
      guard let next = day.adding(days: 1) else { break }
      day = next
    }
    return RefreshDecision(.partitions(values), because: "days were asked for; \(decision.why)")
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
