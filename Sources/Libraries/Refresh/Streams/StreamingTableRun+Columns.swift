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
    let table = commits.table(dataset.name)
    guard hasColumnChanges, let standing = try table.snapshot() else { return }
    for (table, snapshot) in [(remembered, try remembered.snapshot()), (table, standing)] {
      guard let snapshot else { continue }
      let changes = try ColumnChanges(dataset, to: snapshot, known: standing.properties)
      if changes.isEmpty { continue }
      let context = commits.context(changes.operation, changes.parameters)
      try table.update(context) { transaction in try changes.stage(in: &transaction) }
      lake.steps.note("\(table.path): \(changes.words)")
    }
  }

  /// Whether the job says anything of columns that have other names or go.
  private var hasColumnChanges: Bool {
    !dataset.columnRenames.isEmpty || !dataset.droppedColumns.isEmpty
  }

  /// What the table has yet to follow of what its job says of its columns, in words.
  func describeColumnChanges() throws -> String? {
    let table = commits.table(dataset.name)
    guard hasColumnChanges, let target = try table.summary(), !target.isMade(by: dataset),
      let snapshot = try table.snapshot()
    else { return nil }
    let changes = try ColumnChanges(dataset, to: snapshot, known: snapshot.properties)
    return changes.isEmpty ? nil : changes.words
  }
}
