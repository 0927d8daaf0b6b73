import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery
import WarehouseJobs

/// Takes some values of each column whose labels allow that they are shown.
struct SampleLook {
  /// Of so many rows; and so many different values are shown.
  private static let (rowCount, valueCount) = (200, 5)

  private let runner: QueryRunner
  private let sensitivity: any SensitivityBook

  init(
    _ workspace: Workspace, _ warehouse: WarehousePlace?, _ context: QueryContext,
    _ sensitivity: any SensitivityBook
  ) {
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    if let warehouse { catalog.showWarehouse(at: warehouse) }
    runner = QueryRunner(catalog: catalog, context: context, views: workspace.jobs.viewSyntax)
    self.sensitivity = sensitivity
  }

  /// Adds values to the columns of `entry`; without rows there are none.
  func fill(_ entry: inout CatalogEntry) throws {
    guard entry.unread == nil, entry.state != nil, entry.layer != "quarantine" else { return }
    let shown = entry.columns.indices.filter { index in
      sensitivity.labels(of: entry.name, entry.columns[index].name).showsValues
    }
    guard !shown.isEmpty else { return }
    let names = shown.map { Identifier.quoted(entry.columns[$0].name) }.joined(separator: ", ")
    let table = entry.name.split(separator: ".").map { Identifier.quoted(String($0)) }
    let rows = try runner.table(
      "SELECT \(names) FROM \(table.joined(separator: ".")) LIMIT \(Self.rowCount)",
      name: entry.name)
    for (position, index) in shown.enumerated() {
      let values = rows.batches.flatMap { batch in
        (0..<batch.rowCount).map { batch.columns[position].scalar(at: $0) }
      }.filter { !$0.isNull }
      entry.columns[index].samples = Array(
        values.map(ColumnStatistics.text).withoutRepeats.sorted().prefix(Self.valueCount))
    }
  }
}
