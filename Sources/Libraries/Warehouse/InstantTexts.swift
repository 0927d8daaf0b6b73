import Columnar
import Core
import Database

/// Instants as the warehouse holds them: texts of one width, with six digits of the second's
/// fraction, so that plain SQLite orders and compares them as times. A version that is open ends
/// at `9999-12-31T00:00:00Z`, which comes after all of them.
///
/// Warehouses of before wrote as many digits as a moment had. Their texts are brought to this width
/// once, by the first load; the file's `user_version` says that it was done.
struct InstantTexts {
  private static let form = 1

  private let load: LoadContext
  private var database: any LoadingConnection { load.database }

  init(_ load: LoadContext) { self.load = load }

  /// Whether the file holds loads of before.
  func areOfBefore() throws(Fault) -> Bool {
    guard database.dialect == .sqlite,
      try database.integer("PRAGMA user_version") < InstantTexts.form
    else { return false }
    return try database.hasTable("_ledger")
  }

  /// Brings all texts to one width, and says so in the file.
  func widen() throws(Fault) {
    guard database.dialect == .sqlite else { return }
    if try areOfBefore() {
      let rows = try database.rows("SELECT DISTINCT table_name FROM _ledger")
      let loaded: [String] = rows.compactMap {
        if case .string(let name) = $0[0] { name } else { nil }
      }
      for table in loaded + loaded.map(Staging.name) + ["_keys", "_ledger"] { try widen(table) }
    }
    try database.execute("PRAGMA user_version = \(InstantTexts.form)")
  }

  private func widen(_ table: String) throws(Fault) {
    // A view shows what a table holds, and the loader's own tables declare texts.
    guard try database.tables().contains(table) else { return }
    let columns: [String]
    switch table {
    case "_keys": columns = ["valid_from"]
    case "_ledger": columns = ["loaded_at"]
    default: columns = try database.columns(of: table).filter { $0.type == .timestamp }.map(\.name)
    }
    for column in columns {
      let name = load.quoted(column)
      try database.run(
        """
        UPDATE \(load.quoted(table)) SET \(name) = substr(\(name), 1, 19) || '.'
          || substr(trim(substr(\(name), 20), '.Z') || '000000', 1, 6) || 'Z'
        WHERE \(name) GLOB '????-??-??T??:??:??*Z' AND length(\(name)) < 27
          AND \(name) <> '\(MemberVersion.openText)'
        """)
    }
    if try isKeyed(table, by: columns) { try renameKeys(of: table) }
  }

  /// Whether the natural key of a dimension has a moment in it.
  private func isKeyed(_ table: String, by moments: [String]) throws(Fault) -> Bool {
    guard DimensionColumns.isDimension(table) else { return false }
    let key = try DimensionShape(table, load, for: database.place).key
    return key.contains { moments.contains($0) }
  }

  /// Notes members under their natural keys as they stand now.
  private func renameKeys(of dimension: String) throws(Fault) {
    let shape = try DimensionShape(dimension, load, for: database.place)
    try database.run(
      """
      UPDATE OR IGNORE _keys SET natural_key = (
        SELECT \(naturalKey(shape.key, of: "d", .sqlite)) FROM \(load.quoted(dimension)) AS d
        WHERE d.\(load.quoted(shape.surrogate)) = _keys.surrogate)
      WHERE dimension = $1 AND EXISTS (
        SELECT 1 FROM \(load.quoted(dimension)) AS d
        WHERE d.\(load.quoted(shape.surrogate)) = _keys.surrogate)
      """, [.string(dimension)])
  }
}
