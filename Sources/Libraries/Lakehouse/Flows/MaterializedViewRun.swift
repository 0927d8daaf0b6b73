import Columnar
import Core
import Delta
import Engine
import Governance

/// Brings a materialized view up to date: nothing when its inputs stand, the partitions that
/// changed input feeds when that is exact, else all of it.
struct MaterializedViewRun {
  /// How much of the view is made anew.
  enum Scope: Equatable {
    case nothing
    /// Partitions by the text of their value (nil: NULL).
    case partitions(Set<String?>)
    case everything
  }

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
    runner = QueryRunner(catalog: catalog, context: context, views: jobs.views.values.map(\.syntax))
    inputs = try ViewInputs(of: dataset, jobs: jobs, catalog)
  }

  /// Whether anything the view is made of has changed.
  func hasWork() throws -> Bool {
    let snapshot = try commits.table(dataset.name).snapshot()
    return mustRebuild(snapshot) || !inputs.changed(since: snapshot).isEmpty
  }

  /// Does the work; nil when there was none, or none that changed the table.
  func run() throws -> CommitReport? {
    let table = commits.table(dataset.name)
    let snapshot = try table.snapshot()
    guard try hasWork() else { return nil }
    let plan = try runner.plan(query)
    let scope = try scope(plan, snapshot)
    let rows = try JudgedRows(try restricted(plan, to: scope), of: dataset, lake: lake, runner)
    let definition = commits.definition(of: dataset, plan.schema.forgettingOrigin)
    let outcome = try table.update(commits.context("REFRESH", [("scope", scope.words)])) { change in
      switch scope {
      case .nothing: break
      case .partitions(let values):
        try change.overwritePartitions(rows, alsoEmptying: Set(values.map { [$0] }))
      case .everything: try change.overwriteAll(rows, as: definition)
      }
      let replaces = scope == .everything
      try commits.commit(rows.quarantine, of: dataset.name, replacing: replaces)
      inputs.mark(&change)
    }
    guard let version = outcome.newVersion else { return nil }
    return report(version, rows, plan, scope)
  }

  /// What `run` would make anew, in words.
  func describe() throws -> String {
    let snapshot = try commits.table(dataset.name).snapshot()
    return try scope(try runner.plan(query), snapshot).words
  }

  private func mustRebuild(_ snapshot: Snapshot?) -> Bool {
    isFullRefresh || snapshot == nil
      || snapshot?.properties[TableCommit.planProperty] != dataset.digest
  }

  private func scope(_ plan: LogicalPlan, _ snapshot: Snapshot?) throws -> Scope {
    if mustRebuild(snapshot) { return .everything }
    let changed = inputs.changed(since: snapshot)
    if changed.isEmpty { return .nothing }
    guard dataset.partitionColumns.count == 1,
      let position = plan.schema.index(of: dataset.partitionColumns[0])
    else { return .everything }
    let analysis = PartitionAnalysis(of: plan, column: position)
    var values: Set<String?> = []
    for input in changed {
      guard let column = analysis.alignedColumn(of: "\(input.name)"),
        let touched = try input.partitions(by: column, since: snapshot)
      else { return .everything }
      values.formUnion(touched)
    }
    return .partitions(values)
  }

  private func restricted(_ plan: LogicalPlan, to scope: Scope) throws -> LogicalPlan {
    guard case .partitions(let values) = scope,
      let position = plan.schema.index(of: dataset.partitionColumns[0])
    else { return plan }
    let type = plan.schema.fields[position].type
    let scalars = values.map { PartitionValue.decode($0, as: type) ?? .null }
    return plan.restricted(toColumn: position, in: scalars)
  }

  private func report(
    _ version: Int64, _ rows: JudgedRows, _ plan: LogicalPlan, _ scope: Scope
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
      rules: rows.rules, sql: query.text, comment: dataset.comment)
  }
}

extension MaterializedViewRun.Scope {
  /// `3 partitions`, `everything`, `nothing`.
  var words: String {
    switch self {
    case .nothing: "nothing"
    case .everything: "everything"
    case .partitions(let values): "\(values.count) partitions"
    }
  }
}

extension Schema {
  /// The columns as a table of their own has them: nullable, whatever made them.
  var forgettingOrigin: Schema { Schema(fields.map { Field($0.name, $0.type) }) }
}
