import Columnar
import Core
import Database
import LakeJobs
import PostgreSQL

/// A table of a PostgreSQL server as its catalog has it today.
struct SourceRelation {
  /// A column that is read: not one that is generated.
  struct Column {
    let name: String
    let bronzeName: String
    let type: UInt32
    let declaredType: String
    let isNullable: Bool
  }

  let id: UInt32
  let schema: String
  let name: String
  /// Schema and name as SQL spells them.
  let sqlName: String
  let columns: [Column]
  /// Places of the key's columns in `columns`.
  let keys: [Int]
  let place: Place
  /// How an update or a delete tells which row it was, in the catalog's letter.
  private let identity: String
  private let indexes: [Index]

  /// A unique index, of columns only and without a condition.
  private struct Index {
    var columns: [String] = []
    let isPrimary: Bool
    let isIdentity: Bool
  }

  /// Why its rows cannot be read now, though the log may tell of them: it or a key column is not
  /// there any more, or cannot be kept, or the role does not see it.
  let fault: Fault?

  /// The table that `table` of sources.yml means; `reserved` are names that a column may not have
  /// in bronze.
  init(
    _ table: SourcesFile.SourceTable, reserved: [String], _ session: LogicalSession
  ) throws(Fault) {
    place = Place("\(session.connection.place):\(table.name)")
    let row = try session.texts(SourceRelation.tableQuery, table.name).first
    id = row?[0].flatMap { UInt32($0) } ?? 0
    schema = row?[1] ?? ""
    name = row?[2] ?? table.name
    sqlName = row?[5] ?? ""
    identity = row?[4] ?? ""
    columns = try SourceRelation.columns(of: id, reserved, session)
    indexes = try SourceRelation.indexes(of: id, session)
    let names = columns.map(\.name)
    keys = table.keys.compactMap { ColumnNames.index(of: $0, in: names) }
    let checks = SourceChecks(id: id, sqlName: sqlName, place: place, session)
    do throws(Fault) {
      try checks.checkKind(row?[3], row?[6] == "p", table.name)
      try checks.checkRights()
      try checks.checkKeys(table.keys, names)
      try checks.checkTypes(columns)
      fault = nil
    } catch {
      fault = error
    }
  }

  /// Throws why its rows cannot be read, if they cannot.
  func checkReadable() throws(Fault) {
    if let fault { throw fault }
  }

  /// The columns' names in bronze.
  var bronzeNames: [String] { columns.map(\.bronzeName) }

  /// Whether it is the table that the log calls so; of one that is gone, sources.yml tells the
  /// name.
  func isNamed(_ schema: String, _ name: String) -> Bool {
    if id != 0 { return self.schema == schema && self.name == name }
    return self.name == name || self.name == "\(schema).\(name)"
  }

  /// The columns that bronze calls otherwise.
  var renamed: [ExtractionSummary.Renamed] {
    columns.filter { $0.name != $0.bronzeName }.map { column in
      ExtractionSummary.Renamed(name: column.name, bronzeName: column.bronzeName)
    }
  }

  /// The columns that a row's key is of, as SQL lists them.
  func keyList(_ session: LogicalSession) -> String {
    keys.map { session.connection.dialect.quoted(columns[$0].name) }.joined(separator: ", ")
  }

  /// `.configuration` when the log would not tell which row an update or a delete meant, `.verdict`
  /// when several rows have one key.
  func checkKeys(_ session: LogicalSession) throws(Fault) {
    try checkReadable()
    let told: [String]
    switch identity {
    case "f": told = columns.map(\.name)
    case "d": told = indexes.first(where: \.isPrimary)?.columns ?? []
    case "i": told = indexes.first(where: \.isIdentity)?.columns ?? []
    default: told = []
    }
    guard !told.isEmpty else {
      throw Fault(
        .configuration, at: place,
        "the table has no primary key, so that its own updates would fail once it is published",
        remedy: "add one, or run 'ALTER TABLE \(sqlName) REPLICA IDENTITY FULL'")
    }
    let names = keys.map { columns[$0].name }
    if let missing = names.first(where: { !told.contains($0) }) {
      throw Fault(
        .configuration, at: place, "a delete does not tell '\(missing)' of its row",
        remedy: "write 'keys: [\(told.joined(separator: ", "))]', or run 'ALTER TABLE \(sqlName) "
          + "REPLICA IDENTITY FULL'")
    }
    if indexes.contains(where: { index in index.columns.allSatisfy(names.contains) }) { return }
    let list = keyList(session)
    guard
      try session.isTrue(
        "SELECT EXISTS (SELECT FROM \(sqlName) GROUP BY \(list) HAVING count(*) > 1)")
    else { return }
    throw Fault(
      .verdict, at: place, "several rows have one key (\(names.joined(separator: ", ")))",
      remedy: "name key columns that together differ from row to row")
  }

  private static func columns(
    of id: UInt32, _ reserved: [String], _ session: LogicalSession
  ) throws(Fault) -> [Column] {
    let rows = try session.texts(
      """
      SELECT attname::text, atttypid::text, format_type(atttypid, atttypmod), attnotnull::text
      FROM pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped
        AND attgenerated = '' ORDER BY attnum
      """, "\(id)")
    let names = rows.map { $0[0] ?? "" }
    let bronzeNames = ChangeColumns.bronzeNames(of: names, reserved: reserved)
    return zip(rows, bronzeNames).map { row, bronzeName in
      Column(
        name: row[0] ?? "", bronzeName: bronzeName, type: row[1].flatMap { UInt32($0) } ?? 0,
        declaredType: row[2] ?? "", isNullable: row[3] != "true")
    }
  }

  private static func indexes(
    of id: UInt32, _ session: LogicalSession
  ) throws(Fault) -> [Index] {
    let rows = try session.texts(
      """
      SELECT i.indexrelid::text, a.attname::text, i.indisprimary::text, i.indisreplident::text
      FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
      WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
        AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
      ORDER BY i.indisprimary DESC, i.indexrelid, k.place
      """, "\(id)")
    var indexes: [(id: String, index: Index)] = []
    for row in rows {
      let id = row[0] ?? ""
      if indexes.last?.id != id {
        indexes.append((id, Index(isPrimary: row[2] == "true", isIdentity: row[3] == "true")))
      }
      indexes[indexes.count - 1].index.columns.append(row[1] ?? "")
    }
    return indexes.map(\.index)
  }

  private static let tableQuery = """
    SELECT c.oid::text, n.nspname::text, c.relname::text, c.relkind::text, c.relreplident::text,
      quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relpersistence::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = coalesce(
      to_regclass(quote_ident($1)),
      to_regclass(quote_ident(split_part($1, '.', 1)) || '.' ||
        quote_ident(nullif(substr($1, strpos($1, '.') + 1), ''))))
    """
}
