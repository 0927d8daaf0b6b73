package import Columnar
package import Core

extension SQLiteConnection: LoadingConnection {
  package func beginLoad() throws(Fault) { try execute(dialect.beginWrite) }

  package static func laidOut(
    _ batch: Batch, at place: Place, naming name: (_ row: Int) -> String
  ) throws(Fault) -> any LaidOutRows {
    try StoredBatch(batch, at: place, naming: name)
  }

  package func insert(
    _ rows: [[Scalar]], into table: String, _ columns: [String]
  ) throws(Fault) {
    guard !rows.isEmpty else { return }
    let names = columns.map(dialect.quoted).joined(separator: ", ")
    let marks = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    let insertion = try prepare("INSERT INTO \(dialect.quoted(table)) (\(names)) VALUES (\(marks))")
    for row in rows { try insertion.run(row) }
  }

  package func columns(ofIndex name: String) throws(Fault) -> [String] {
    let found = try rows("SELECT name FROM pragma_index_info(?1) ORDER BY seqno", [.string(name)])
    return found.compactMap { if case .string(let column) = $0[0] { column } else { nil } }
  }

  package func relation(_ name: String) throws(Fault) -> Relation? {
    let found = try rows(
      "SELECT type, sql FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE "
        + "AND type IN ('table', 'view')", [.string(name)])
    guard let row = found.first, case .string(let word) = row[0],
      let kind = Relation.Kind(rawValue: word)
    else { return nil }
    guard case .string(let statement) = row[1] else { return Relation(kind, statement: nil) }
    return Relation(kind, statement: statement)
  }
}
