import Columnar
import Core
import Database

/// The foreign keys of a server's facts, checked when a table's load ends: until then facts may
/// point to versions that are gone. SQLite has them in the tables' definitions, unchecked.
struct ForeignKeys {
  private let load: LoadContext
  private var database: any LoadingConnection { load.database }

  init(_ load: LoadContext) { self.load = load }

  /// A key of `fact` in `column` that refers to `dimension`.
  private struct Key: Hashable {
    var fact: String
    var column: String
    var dimension: String

    var name: String { "\(column)_of_\(dimension)" }
  }

  /// Makes those of `fact` that are missing and takes away those that its job looks up no more.
  func settle(_ fact: String) throws(Fault) {
    guard load.dialect == .postgresql else { return }
    try check()
    let wanted = try lookups("fact", fact)
    let stored = try names(of: fact)
    for name in stored.subtracting(wanted.map(\.name)).sorted() {
      try database.execute("ALTER TABLE \(load.quoted(fact)) DROP CONSTRAINT \(load.quoted(name))")
    }
    for key in wanted where !stored.contains(key.name) { try make(key) }
  }

  /// Takes away those that refer to `dimension`, which is to lose rows and change its form.
  func release(_ dimension: String) throws(Fault) {
    guard load.dialect == .postgresql else { return }
    for key in try lookups("dimension", dimension) where try names(of: key.fact).contains(key.name)
    {
      try database.execute(
        "ALTER TABLE \(load.quoted(key.fact)) DROP CONSTRAINT \(load.quoted(key.name))")
    }
  }

  /// Makes those again that `release` took away.
  func restore(_ dimension: String) throws(Fault) {
    guard load.dialect == .postgresql else { return }
    try check()
    for key in try lookups("dimension", dimension) {
      guard try database.hasTable(key.fact), try !names(of: key.fact).contains(key.name)
      else { continue }
      try make(key)
    }
  }

  /// Checks all rows that changed since the last time.
  func check() throws(Fault) {
    guard load.dialect == .postgresql else { return }
    try database.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
  }

  private func make(_ key: Key) throws(Fault) {
    let target = load.quoted(DimensionColumns.surrogate(of: key.dimension))
    try database.execute(
      "ALTER TABLE \(load.quoted(key.fact)) ADD CONSTRAINT \(load.quoted(key.name)) "
        + "FOREIGN KEY (\(load.quoted(key.column))) REFERENCES \(load.quoted(key.dimension)) "
        + "(\(target)) DEFERRABLE INITIALLY DEFERRED")
  }

  private func lookups(_ column: String, _ name: String) throws(Fault) -> [Key] {
    let rows = try database.rows(
      "SELECT fact, column_name, dimension FROM _lookups WHERE \(column) = $1 ORDER BY 1, 2",
      [.string(name)])
    return rows.compactMap { row in
      guard case .string(let fact) = row[0], case .string(let column) = row[1],
        case .string(let dimension) = row[2]
      else { return nil }
      return Key(fact: fact, column: column, dimension: dimension)
    }
  }

  private func names(of fact: String) throws(Fault) -> Set<String> {
    let rows = try database.rows(
      """
      SELECT k.conname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      WHERE k.contype = 'f' AND c.relname = $1 AND pg_table_is_visible(c.oid)
      """, [.string(fact)])
    return Set(rows.compactMap { if case .string(let name) = $0[0] { name } else { nil } })
  }
}
