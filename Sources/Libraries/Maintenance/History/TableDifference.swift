package import Columnar
import Core
package import Delta
package import Engine
import LakeJobs
package import LakeQuery

/// In which rows, columns and properties two versions of a table differ.
///
/// Only files that one version has and the other has not are read. What stands in both of them is
/// left out by a multiset difference each way; where rows have keys, what is left is paired by
/// them. Both are steps of the engine, which put on disk what memory does not hold.
package struct TableDifference {
  /// One row that differs.
  package enum Row {
    case added(Batch)
    case removed(Batch)
    /// A row of each version, and the positions of the columns in which they differ.
    case changed(before: Batch, after: Batch, columns: [Int])
  }

  /// How many rows differ.
  package struct Counts: Hashable, Sendable {
    package var added = 0
    package var removed = 0
    package var changed = 0
    /// In how many of the changed rows a column has another value, by its position.
    package var changedByColumn: [Int: Int] = [:]

    /// Whether no row differs.
    package var isEmpty: Bool { added == 0 && removed == 0 && changed == 0 }
  }

  package let before: Snapshot
  package let after: Snapshot
  /// The columns that both versions have, as the later one has them.
  package let columns: Schema
  /// The columns that tell rows apart; empty where only whole rows are compared.
  package let key: [String]
  /// How columns and properties differ, a sentence each.
  package let changes: [String]
  private let context: QueryContext
  private let see: Sight

  /// What is looked at of some rows of the table.
  package typealias Sight = (SnapshotTable) throws -> any TableProvider

  /// The difference from `before` to `after`, as far as `see` shows it; `.usage` when a column of
  /// `key` is not in both.
  package init(
    from before: Snapshot, to after: Snapshot, keyedBy key: [String], _ context: QueryContext,
    seeing see: @escaping Sight = { $0 }
  ) throws {
    self.before = before
    self.after = after
    self.context = context
    self.see = see
    let old = try see(SnapshotTable(name: "old_rows", before)).schema
    let new = try see(SnapshotTable(name: "new_rows", after)).schema
    let common = new.fields.filter { field in
      old.index(of: field.name).map { old.fields[$0].type == field.type } ?? false
    }
    let columns = Schema(common)
    self.columns = columns
    self.key = try key.map { (name) throws(Fault) in
      guard let position = columns.index(of: name) else {
        throw Fault(
          .usage, at: Place(after.table.path), "'\(name)' is no column of both versions",
          remedy: "tell rows apart by some of \(columns.names.joined(separator: ", "))")
      }
      return columns.fields[position].name
    }
    // Who does not see all columns is not told how the table is laid out by them.
    let isWhole = old.names == before.schema.names && new.names == after.schema.names
    changes = Self.changes(old, new) + (isWhole ? Self.changes(before, after) : [])
  }

  /// Calls `tell` for each row that differs, in the order of the key or of the values.
  package func forEachRow(_ tell: (Row) throws -> Void) throws -> Counts {
    var counts = Counts()
    let (gone, come) = changedFiles
    if gone.isEmpty && come.isEmpty || columns.fields.isEmpty { return counts }
    let tables = NamedTables([
      try see(SnapshotTable(name: "old_rows", before, files: gone)),
      try see(SnapshotTable(name: "new_rows", after, files: come)),
    ])
    let runner = QueryRunner(catalog: tables, context: context)
    let query = DifferenceQuery(columns: columns, key: key)
    let source = try runner.run(try runner.plan(sql: query.sql, name: "difference"))
    while let batch = try source.next() {
      for row in 0..<batch.rowCount {
        let found = self.row(row, of: batch)
        counts.add(found)
        try tell(found)
      }
    }
    return counts
  }

  /// The files that only one of the versions has.
  private var changedFiles: (gone: [AddedFile], come: [AddedFile]) {
    func names(_ snapshot: Snapshot) -> Set<String> { Set(snapshot.files.map(Self.name)) }
    let (old, new) = (names(before), names(after))
    return (
      before.files.filter { !new.contains(Self.name($0)) },
      after.files.filter { !old.contains(Self.name($0)) }
    )
  }

  private static func name(_ file: AddedFile) -> String {
    FilePath.decode(file.path) + (file.deletionVector.map { " \($0.uniqueID)" } ?? "")
  }

  /// A row of the query: whether each version has it, then its values in each.
  private func row(_ row: Int, of batch: Batch) -> Row {
    let count = columns.fields.count
    let rows: [Int32] = [Int32(row)]
    func values(_ first: Int) -> Batch {
      Batch(
        columns, (first..<first + count).map { batch.columns[$0].taking(rows) }, rowCount: 1)
    }
    let wasThere = !batch.columns[0].isNull(row)
    let isThere = !batch.columns[1].isNull(row)
    guard wasThere, isThere else {
      return wasThere ? .removed(values(2)) : .added(values(2 + (key.isEmpty ? 0 : count)))
    }
    let old = values(2)
    let new = values(2 + count)
    let changed = (0..<count).filter { position in
      !RowComparison(old.selecting([position]), new.selecting([position])).areEqual(0, 0)
    }
    return .changed(before: old, after: new, columns: changed)
  }

  private static func changes(_ before: Schema, _ after: Schema) -> [String] {
    var changes: [String] = []
    for field in before.fields {
      guard let position = after.index(of: field.name) else {
        changes.append("column \(field.name) went")
        continue
      }
      let type = after.fields[position].type
      if type != field.type {
        changes.append("column \(field.name) was \(field.type.sql) and is \(type.sql)")
      }
    }
    for field in after.fields where before.index(of: field.name) == nil {
      changes.append("column \(field.name) came, as \(field.type.sql)")
    }
    return changes
  }

  private static func changes(_ before: Snapshot, _ after: Snapshot) -> [String] {
    var changes: [String] = []
    if before.partitionColumns != after.partitionColumns {
      changes.append(
        "it was partitioned by (\(before.partitionColumns.joined(separator: ", "))) and is by "
          + "(\(after.partitionColumns.joined(separator: ", ")))")
    }
    for name in Set(before.properties.keys).union(after.properties.keys).sorted() {
      let (old, new) = (before.properties[name], after.properties[name])
      if old != new {
        changes.append("property '\(name)' was \(old ?? "not set") and is \(new ?? "not set")")
      }
    }
    return changes
  }
}

extension TableDifference.Counts {
  fileprivate mutating func add(_ row: TableDifference.Row) {
    switch row {
    case .added: added += 1
    case .removed: removed += 1
    case .changed(_, _, let columns):
      changed += 1
      for column in columns { changedByColumn[column, default: 0] += 1 }
    }
  }
}
