import Columnar
import Core
import Database
package import Engine
import Governance
package import Lakehouse
package import Warehouse

// WarehouseJobs: where the lake's warehouse views meet the loader, so that neither knows the other.

/// The load of one table of the star schema from its materialized view.
package struct StarLoad {
  private let view: DeliveredView
  private let load: WarehouseLoad
  private let table: WarehouseTable
  private let isFullRefresh: Bool

  /// `dataset` is a view of schema `warehouse`; its properties say what it is there.
  package init(
    _ dataset: Lakehouse.Dataset, _ workspace: Workspace, into load: WarehouseLoad,
    context: QueryContext, isFullRefresh: Bool
  ) throws {
    self.load = load
    self.isFullRefresh = isFullRefresh
    view = try DeliveredView(dataset, workspace, context: context)
    table = try WarehouseTable(
      dataset.name.name,
      properties: Dictionary(
        dataset.properties.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
      schema: view.schema, at: dataset.place)
  }

  /// Whether a view's properties make it part of the star schema as `role`.
  package static func isPart(_ dataset: Lakehouse.Dataset, _ role: Role) -> Bool {
    dataset.property(role.rawValue) != nil
  }

  /// What a table is in the star schema, as its property says.
  package enum Role: String, Sendable { case dimension, fact }

  /// What `run` would do, in a sentence; nil when nothing.
  package func plan() throws -> String? {
    switch try need() {
    case .nothing: nil
    case .rows(let since): "would load \(table.name): \(try view.scopeWords(since: since))"
    }
  }

  /// Loads what is called for, within the load's transaction; nil when nothing changed.
  package func run() throws -> CommitReport? {
    guard case .rows(let since) = try need() else { return nil }
    let delivery = try view.delivery(since: isFullRefresh ? nil : since)
    let scope: LoadScope =
      delivery.partition.map { .partitions(column: $0.column, values: $0.values) } ?? .all
    let outcome = try load.load(table, from: delivery.rows, scope: scope, inputs: view.inputs)
    guard outcome.isChanged else { return nil }
    return view.report(
      CommitReport(
        table: view.dataset.name, job: "\(view.dataset.name)", version: outcome.digest,
        schema: view.schema, fileFormat: "sqlite",
        change: ChangeFacet(
          inserted: outcome.inserted, updated: outcome.updated + outcome.rekeyed,
          deleted: outcome.deleted),
        written: DataSize(rowCount: outcome.inserted + outcome.updated),
        comment: view.dataset.comment))
  }

  private func need() throws(Fault) -> LoadNeed {
    let need = try load.need(of: table, inputs: view.inputs)
    return need == .nothing && isFullRefresh ? .rows(since: nil) : need
  }
}
