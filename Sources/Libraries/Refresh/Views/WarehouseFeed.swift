package import Columnar
import Core
import Delta
package import Engine
package import LakeJobs
package import LakeQuery

/// A materialized view whose rows go to a store of its own (the warehouse): what it is made of,
/// and the rows that changed input calls for.
///
/// The store remembers `inputs`, a text that names the job's digest and the versions read, and
/// gives it back as `since`. Where that text still stands, the view need not be planned.
package struct WarehouseFeed {
  package let dataset: Dataset
  /// What the rows are made from, as a text to remember.
  package let inputs: String
  private let query: QuerySyntax
  private let lake: Lake
  private let runner: QueryRunner
  private let viewInputs: ViewInputs

  /// Tables stand at the versions that `catalog` has seen them at.
  package init(
    _ dataset: Dataset, _ workspace: Workspace, _ catalog: LakeCatalog, context: QueryContext
  ) throws {
    guard case .materializedView(let query) = dataset.body else {
      throw Fault(
        .configuration, at: dataset.place, "'\(dataset.name)' is not a materialized view",
        remedy: "write CREATE MATERIALIZED VIEW")
    }
    self.dataset = dataset
    self.query = query
    lake = workspace.lake
    runner = catalog.runner(context)
    viewInputs = try ViewInputs(of: dataset, jobs: workspace.jobs, catalog)
    let versions = viewInputs.inputs.map { input in
      "\(input.name)@\(input.version)\(input.mark.map { "~\($0.text)" } ?? "")"
    }
    inputs = (["job@\(dataset.digest.prefix(16))"] + versions).joined(separator: " ")
  }

  /// The view with its query planned.
  package func planned() throws -> Planned {
    Planned(
      view: self, plan: try runner.plan(query, filling: .materializedView))
  }

  /// A view whose query is planned: its rows can be had.
  package struct Planned {
    fileprivate let view: WarehouseFeed
    fileprivate let plan: LogicalPlan

    /// The columns of the rows.
    package var schema: Schema { plan.schema }
  }

  /// The rows that are called for, and which part of the view they are.
  package struct Delivery {
    package let rows: any BatchSource
    package let part: Part
    /// Why just these, in words for who follows the run.
    package let why: String
  }

  /// The part of a view of which all rows are delivered.
  package enum Part {
    case all
    /// The rows whose column has one of the values.
    case partitions(column: String, values: [Scalar])
    /// The rows with the keys of the delivered ones, and those with the keys given here.
    case keys(any BatchSource)
  }
}

extension WarehouseFeed {
  /// How a view's rows may be delivered in part.
  package enum Parts {
    /// Not at all: a part would be taken for the whole.
    case none
    /// All rows with a value of this column, or none of them.
    case partitions(of: String)
    /// By any column that cuts an input, and row by row where `key` tells rows apart.
    case any(key: [String]?)
  }
}

extension WarehouseFeed.Planned {
  /// What is to be delivered when the store last consumed `since`; nil: all.
  package func delivery(
    since: String?, in parts: WarehouseFeed.Parts
  ) throws -> WarehouseFeed.Delivery {
    if case .any(let key?) = parts, let rows = try addedRows(since: since, keyedBy: key) {
      return rows
    }
    let column = partitionColumn(parts)
    let decision = try decision(since: since, column)
    let scope = decision.scope
    if scope == .nothing, case .any(let key?) = parts {
      let none = SourceList(keySchema(key), [])
      return WarehouseFeed.Delivery(
        rows: SourceList(schema, []), part: .keys(none), why: decision.why)
    }
    let rows = try judged(plan.restricted(to: scope, of: column))
    guard case .partitions(let values) = scope, let column,
      let position = schema.index(of: column)
    else { return WarehouseFeed.Delivery(rows: rows, part: .all, why: decision.why) }
    let type = schema.fields[position].type
    return WarehouseFeed.Delivery(
      rows: rows,
      part: .partitions(
        column: column, values: values.map { PartitionValue.decode($0, as: type) ?? .null }),
      why: decision.why)
  }

  /// What `delivery` would deliver at most, in words.
  package func scopeWords(since: String?, in parts: WarehouseFeed.Parts) throws -> String {
    try decision(since: since, partitionColumn(parts)).scope.words
  }

  /// The one value that a column has in all rows that this run can deliver, as the day of a
  /// snapshot is; nil when there is none, or it is told by the rows.
  package func constant(of column: String) -> Scalar? {
    guard let position = schema.index(of: column) else { return nil }
    return ConstantFolding(clock: view.runner.context.clock).apply(plan).constant(at: position)
  }

  /// What the rows say of themselves to lineage.
  package func report(_ report: CommitReport) -> CommitReport {
    var report = report
    report.inputs = view.viewInputs.reports
    report.columns = ColumnEdges.edges(of: plan, to: view.dataset.name, columns: schema)
    return report
  }

  /// Whether what the store last consumed, as `since` says, came from this very job.
  package func continues(_ since: String?) throws -> Bool { try recorded(since) != nil }

  private func addedRows(since: String?, keyedBy key: [String]) throws -> WarehouseFeed.Delivery? {
    guard let recorded = try recorded(since) else { return nil }
    let changed = try view.viewInputs.changed(since: recorded)
    let added = try AddedRows(
      of: plan, keyedBy: key, inputs: changed, since: recorded, view.runner)
    guard let added else { return nil }
    return WarehouseFeed.Delivery(
      rows: SourceList(schema, try added.rows.map(judged)),
      part: .keys(SourceList(keySchema(key), try added.gone.map(view.runner.run))),
      why: changed.map { $0.movement(since: recorded[$0.name]) }.joined(separator: ", "))
  }

  private func keySchema(_ key: [String]) -> Schema {
    Schema(key.compactMap { name in schema.index(of: name).map { schema.fields[$0] } })
  }

  private func judged(_ plan: LogicalPlan) throws -> any BatchSource {
    try CheckedRows(plan, RowRules(dataset: view.dataset), lake: view.lake, view.runner).passed
  }

  private func decision(since: String?, _ column: String?) throws -> RefreshDecision {
    guard let recorded = try recorded(since) else {
      return RefreshDecision(
        .everything, because: since == nil ? "nothing of it counts so far" : "the job was changed")
    }
    return try view.viewInputs.scope(
      of: plan, partition: column, since: recorded, view.runner)
  }

  /// The versions that `since` names; nil when it is of another job, or none. `.data` when the logs
  /// are not those that it speaks of.
  private func recorded(_ since: String?) throws(Fault) -> [LakeTableName: Int64]? {
    guard let since else { return nil }
    var recorded: [LakeTableName: Int64] = [:]
    var marks: [LakeTableName: LogMark] = [:]
    for part in since.split(separator: " ") {
      guard let at = part.lastIndex(of: "@") else { return nil }
      let name = part[..<at]
      let value = part[part.index(after: at)...]
      if name == "job" {
        guard value == view.dataset.digest.prefix(16) else { return nil }
      } else if let table = LakeTableName(String(name)) {
        let parts = value.split(separator: "~")
        recorded[table] = parts.first.flatMap { Int64($0) }
        marks[table] = parts.count == 2 ? LogMark(text: parts[1]) : nil
      }
    }
    try view.viewInputs.check(recorded, marks: marks)
    return recorded
  }

  /// A column by which the rows may be cut: one that an input is partitioned by alone, and that the
  /// view has. Whether it says where changed input leads to is found out with the change.
  private func partitionColumn(_ parts: WarehouseFeed.Parts) -> String? {
    view.viewInputs.inputs.lazy.compactMap { $0.snapshot?.partitionColumns }
      .filter { $0.count == 1 }.map { $0[0] }
      .first { column in
        switch parts {
        case .none: false
        case .partitions(let only): column.lowercased() == only.lowercased()
        case .any: schema.index(of: column) != nil
        }
      }
  }
}
