package import Columnar
import Core
import Delta
package import Engine

/// A materialized view whose rows go to a store of its own (the warehouse): what it is made of,
/// and the rows that changed input calls for.
///
/// The store remembers `inputs`, a text that names the job's digest and the versions read, and
/// gives
/// it back as `since`.
package struct DeliveredView {
  package let dataset: Dataset
  /// What the rows are made from, as a text to remember.
  package let inputs: String
  /// The columns of the rows.
  package let schema: Schema
  private let lake: Lake
  private let runner: QueryRunner
  private let plan: LogicalPlan
  private let viewInputs: ViewInputs

  /// The rows that are called for, and which part of the view they are.
  package struct Delivery {
    package let rows: any BatchSource
    /// Nil: all rows. Else the column and the values of which all rows are delivered.
    package let partition: (column: String, values: [Scalar])?
  }

  package init(
    _ dataset: Dataset, _ workspace: Workspace, context: QueryContext
  ) throws {
    self.dataset = dataset
    lake = workspace.lake
    guard case .materializedView(let query) = dataset.body else {
      throw Fault(
        .configuration, at: dataset.place, "'\(dataset.name)' is not a materialized view",
        remedy: "write CREATE MATERIALIZED VIEW")
    }
    let catalog = LakeCatalog(lake: lake, jobs: workspace.jobs)
    runner = QueryRunner(
      catalog: catalog, context: context, views: workspace.jobs.views.values.map(\.syntax))
    plan = try runner.plan(query, filling: .materializedView)
    schema = plan.schema
    viewInputs = try ViewInputs(of: dataset, jobs: workspace.jobs, catalog)
    let versions = viewInputs.inputs.map { "\($0.name)@\($0.version)" }
    inputs = (["job@\(dataset.digest.prefix(16))"] + versions).joined(separator: " ")
  }

  /// What is to be delivered when the store last consumed `since`; nil: all.
  package func delivery(since: String?) throws -> Delivery {
    let scope = try scope(since: since)
    let column = try partitionColumn
    let rows = try JudgedRows(
      plan.restricted(to: scope, of: column), of: dataset, lake: lake, runner)
    guard case .partitions(let values) = scope, let column,
      let position = schema.index(of: column)
    else { return Delivery(rows: rows, partition: nil) }
    let type = schema.fields[position].type
    return Delivery(
      rows: rows,
      partition: (column, values.map { PartitionValue.decode($0, as: type) ?? .null }))
  }

  /// What `delivery` would deliver, in words.
  package func scopeWords(since: String?) throws -> String { try scope(since: since).words }

  /// What the rows say of themselves to lineage.
  package func report(_ report: CommitReport) -> CommitReport {
    var report = report
    report.inputs = viewInputs.reports
    report.columns = ColumnEdges.edges(of: plan, to: dataset.name, columns: schema)
    return report
  }

  private func scope(since: String?) throws -> RefreshScope {
    guard let since else { return .everything }
    var recorded: [LakeTableName: Int64] = [:]
    for part in since.split(separator: " ") {
      guard let at = part.lastIndex(of: "@") else { return .everything }
      let name = part[..<at]
      let value = part[part.index(after: at)...]
      if name == "job" {
        guard value == dataset.digest.prefix(16) else { return .everything }
      } else if let table = LakeTableName(String(name)), let version = Int64(value) {
        recorded[table] = version
      }
    }
    return try viewInputs.scope(
      of: plan, partition: try partitionColumn, since: recorded, runner)
  }

  /// The column that every changed input is partitioned by: rows are cut by it.
  private var partitionColumn: String? {
    get throws {
      let columns = viewInputs.inputs.compactMap { $0.snapshot?.partitionColumns }
        .filter { $0.count == 1 }.map { $0[0] }
      return columns.first { schema.index(of: $0) != nil }
    }
  }
}
