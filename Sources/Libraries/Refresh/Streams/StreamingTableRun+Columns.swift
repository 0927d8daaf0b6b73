import Core
import Delta
import LakeJobs

extension StreamingTableRun {
  /// Why the table must be made anew though nobody asked for it; nil when it need not. Quick where
  /// the table was last written by the job file as it is.
  func reasonToRebuild() throws -> String? {
    let table = commits.table(dataset.name)
    guard !isFullRefresh, let target = try table.summary(),
      !target.isMade(by: dataset), let snapshot = try table.snapshot()
    else { return nil }
    let changes = try ColumnChanges(dataset, to: snapshot, known: snapshot.properties)
    let standing = try changes.applied(to: snapshot, commits.context(changes.operation))
    if let column = dataset.droppedColumns.first(where: { !standing.schema.hasColumn($0.name) }),
      try columns.schema().hasColumn(column.name)
    {
      throw Fault(
        .configuration, at: column.place,
        "column '\(column.name)' is to be dropped, and the job's query gives it",
        remedy: "take it out of the query, or out of the property")
    }
    return try columns.reasonToRebuild(standing)
  }

  /// Has the table, and what is remembered besides, call its columns as the job does. One that was
  /// last written by the job file as it is has nothing to follow.
  func changeColumns() throws {
    guard let target = try commits.table(dataset.name).summary(), !target.isMade(by: dataset) else {
      return
    }
    let count = QuarantineStamp.refreshCount(of: target)
    let remembered = lake.table(in: lake.auxiliaryFolder(of: dataset.name, refreshCount: count))
    let known = try commits.table(dataset.name).snapshot()?.properties ?? [:]
    for table in [remembered, commits.table(dataset.name)] {
      guard let changes = try columnChanges(of: table, known), !changes.isEmpty else { continue }
      let context = commits.context(changes.operation, changes.parameters)
      try table.update(context) { transaction in try changes.stage(in: &transaction) }
      lake.steps.note("\(table.path): \(changes.words)")
    }
  }

  /// What `table` has yet to follow of what the job of a table with the properties `known` says of
  /// its columns.
  func columnChanges(of table: Table, _ known: [String: String]) throws -> ColumnChanges? {
    guard !dataset.columnRenames.isEmpty || !dataset.droppedColumns.isEmpty else { return nil }
    return try table.snapshot().map { try ColumnChanges(dataset, to: $0, known: known) }
  }
}
