package import Access
import Columnar
package import Core
import Database
package import Engine
package import LakeJobs
package import LakeQuery

/// Writes a SQLite file with what somebody may see of the warehouse, to be given away.
///
/// Before it gets its name it is searched, cell by cell, for values that it must not hold, also as
/// digests: one that has any is removed.
package struct RoleCopy {
  /// What stands in a file that was written.
  package struct Content: Sendable {
    package let table: LakeTableName
    package let rowCount: Int
  }

  private let views: [RoleView]

  /// What `asker` may see of `tables`.
  package init(
    of tables: [LakeTableName], for asker: Asker, _ policy: AccessPolicy,
    _ labels: WarehouseLabels, over catalog: LakeCatalog, _ context: QueryContext
  ) throws {
    views = try tables.compactMap {
      try RoleView($0, for: asker, policy, labels, over: catalog, context)
    }
  }

  /// The values that whoever asks must not see, though it be in one of the roles of `others`.
  package func restrictedValues(besides others: [RoleCopy] = []) throws -> RestrictedValues {
    var values = RestrictedValues()
    for view in views { try view.addRestricted(to: &values) }
    for view in ([self] + others).flatMap(\.views) { try view.allowSeen(in: &values) }
    values.settle()
    return values
  }

  /// Writes the file; `.verdict` when it would hold what it must not.
  package func write(to path: String, _ files: any FileSystem) throws -> [Content] {
    let draft = "\(path).draft"
    func clear() throws(Fault) {
      for end in ["", "-wal", "-shm", "-journal"] { try files.remove(draft + end) }
    }
    try clear()
    do {
      let contents = try fill(draft)
      guard !contents.isEmpty else {
        throw Fault(
          .denied, "nothing of the warehouse may be seen", remedy: "see 'access explain'")
      }
      if let find = try find(in: draft, contents.map(\.table.name)) {
        throw Fault(
          .verdict, at: Place(path), "it would hold \(find.origin) \(find.form)",
          remedy: "mask it otherwise, as a hash with a key or not at all")
      }
      try files.rename(draft, to: path)
      return contents
    } catch {
      try clear()
      throw error
    }
  }

  /// Something that the file's tables must not hold and do.
  private func find(in path: String, _ tables: [String]) throws -> RestrictedValues.Find? {
    let values = try restrictedValues()
    let database = try SQLiteConnection(path, .readOnly)
    for table in tables {
      let rows = try database.query("SELECT * FROM \(database.dialect.quoted(table))")
      while let batch = try rows.next() {
        for column in batch.columns.map({ $0.flattened() }) {
          for row in 0..<batch.rowCount where !column.isNull(row) {
            let finds = values.finds(in: column.sparkText(at: row))
            if let find = finds.min(by: { $0.origin < $1.origin }) { return find }
          }
        }
      }
    }
    return nil
  }

  private func fill(_ path: String) throws -> [Content] {
    let database = try SQLiteConnection(path, .create)
    // All of it stands in the one file that is given away.
    _ = try database.rows("PRAGMA journal_mode = DELETE")
    return try database.transaction {
      try views.compactMap { view in
        guard let rows = try view.rows() else { return nil }
        let columns = rows.schema.fields.map {
          "\(database.dialect.quoted($0.name)) \(database.dialect.declaration(of: $0.type))"
        }
        try database.execute(
          "CREATE TABLE \(database.dialect.quoted(view.table.name)) "
            + "(\(columns.joined(separator: ", ")))")
        return Content(
          table: view.table, rowCount: try database.append(rows, to: view.table.name))
      }
    }
  }
}
