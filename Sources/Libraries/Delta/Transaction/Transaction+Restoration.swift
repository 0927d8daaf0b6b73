import Core

extension Transaction {
  /// Makes the table again what it was at `old`: its files, columns and properties, and how far
  /// applications had come. One that had not begun then stands at what `beginning` gives for it.
  ///
  /// It is a change like any other: who reads the table's changes is told which rows came and went.
  package mutating func restore(
    _ old: Snapshot, beginning: (_ application: String) -> Int64
  ) {
    dependOnAllRows()
    let live = Set((snapshot?.files ?? []).map { FileKey($0.path, $0.deletionVector) })
    let wanted = Set(old.files.map { FileKey($0.path, $0.deletionVector) })
    for file in snapshot?.files ?? []
    where !wanted.contains(FileKey(file.path, file.deletionVector)) {
      remove(file)
    }
    for var file in old.files where !live.contains(FileKey(file.path, file.deletionVector)) {
      file.dataChange = true
      added.append(file)
      outputRowCount = outputRowCount.saturatingAdd(file.rowCount ?? 0)
    }
    let last = metadata?.configuration[ColumnMapping.lastProperty].flatMap { Int($0) }
    metadata = old.metadata
    // No number of a column is given twice, though the column be gone.
    if let last, let then = old.metadata.configuration[ColumnMapping.lastProperty] {
      metadata?.configuration[ColumnMapping.lastProperty] = "\(max(last, Int(then) ?? 0))"
    }
    schema = old.schema
    heldRules = nil
    for (application, now) in (snapshot?.transactions ?? [:]).sorted(by: { $0.key < $1.key }) {
      let then = old.transactions[application]?.version ?? beginning(application)
      if now.version != then { resetTransaction(application, to: then) }
    }
  }
}
