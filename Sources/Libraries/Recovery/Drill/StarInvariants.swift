import Columnar
import Core
import Database

/// What must hold in a star schema whatever was loaded: a fact's keys lead to members, and of a
/// member no two versions are current.
struct StarInvariants {
  private let database: SQLiteConnection

  init(_ path: String) throws(Fault) { database = try SQLiteConnection(path, .readOnly) }

  /// What does not hold, a sentence each.
  func findings() throws(Fault) -> [String] {
    var found: [String] = []
    for row in try database.rows("PRAGMA integrity_check(5)") {
      if case .string(let text) = row[0], text != "ok" { found.append("warehouse: \(text)") }
    }
    let tables = try database.tables()
    guard tables.contains("_keys"), tables.contains("_lookups") else { return found }
    for row in try database.rows("SELECT fact, column_name, dimension FROM _lookups") {
      guard case .string(let fact) = row[0], case .string(let column) = row[1],
        case .string(let dimension) = row[2], tables.contains(fact), tables.contains(dimension)
      else { continue }
      let key = surrogate(of: dimension)
      let count = try database.integer(
        """
        SELECT count(*) FROM \(quoted(fact)) f WHERE f.\(quoted(column)) IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM \(quoted(dimension)) d
          WHERE d.\(quoted(key)) = f.\(quoted(column)))
        """)
      if count > 0 {
        found.append(
          "warehouse: \(counted(count, "row")) of '\(fact)' with a \(column) that no member has")
      }
    }
    for dimension in tables where dimension.hasPrefix("dim_") {
      let columns = try database.columns(of: dimension).map(\.name)
      let key = surrogate(of: dimension)
      guard columns.contains("is_current"), columns.contains(key) else { continue }
      let count = try database.integer(
        """
        SELECT count(*) FROM (SELECT k.natural_key FROM \(quoted(dimension)) d
          JOIN _keys k ON k.dimension = ?1 AND k.surrogate = d.\(quoted(key))
          WHERE d.is_current = 1 GROUP BY k.natural_key HAVING count(DISTINCT k.surrogate) > 1)
        """, [.string(dimension)])
      if count > 0 {
        found.append(
          "warehouse: \(counted(count, "member")) of '\(dimension)' with several current versions")
      }
    }
    return found
  }

  private func surrogate(of dimension: String) -> String { "\(dimension.dropFirst(4))_key" }

  private func quoted(_ name: String) -> String { database.dialect.quoted(name) }
}
