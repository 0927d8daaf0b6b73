import Columnar
package import Core
package import Database

/// The schemas in which a server keeps the warehouse. SQLite has none: there all tables lie side by
/// side, under the same names.
package enum WarehouseSchema: String, CaseIterable, Sendable {
  /// The loader's own tables, whose names begin with `_`.
  case own = "medallion"
  case dimensions = "dim"
  case facts = "fact"
  case staging = "staging"

  /// Where a table of this name belongs.
  static func of(_ table: String) -> WarehouseSchema {
    if table.hasPrefix("_") { return .own }
    if table.hasPrefix("stg_") { return .staging }
    return DimensionColumns.isDimension(table) ? .dimensions : .facts
  }

  /// The identifier under which a table or view is made; it is found by its own name alone.
  static func newName(_ table: String, _ dialect: Dialect) -> String {
    let name = dialect.quoted(table)
    return dialect == .sqlite ? name : "\(dialect.quoted(of(table).rawValue)).\(name)"
  }

  /// The identifier of a part of a fact, or of one that is being made.
  static func facts(_ name: String, _ dialect: Dialect) -> String {
    "\(dialect.quoted(facts.rawValue)).\(dialect.quoted(name))"
  }

  /// Has a session find the warehouse's tables by their names alone. One that is to load acts as
  /// the role that owns them, if it is a member of it, so that they have one owner whoever loads.
  package static func enter(
    _ database: any LoadingConnection, toLoad: Bool
  ) throws(Fault) {
    guard database.dialect == .postgresql else { return }
    try database.execute(
      "SET search_path = \(allCases.map(\.rawValue).joined(separator: ", "))")
    guard toLoad else { return }
    let owner = try database.value(
      """
      SELECT r.rolname::text FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
      WHERE n.nspname = $1 AND r.rolname <> current_user AND pg_has_role(r.oid, 'MEMBER')
      """, [.string(own.rawValue)])
    if case .string(let role) = owner {
      try database.execute("SET ROLE \(database.dialect.quoted(role))")
    }
  }

  /// Makes those that are missing.
  static func make(in database: any LoadingConnection) throws(Fault) {
    guard database.dialect == .postgresql else { return }
    for schema in allCases {
      let isThere = try database.value(
        "SELECT to_regnamespace($1) IS NOT NULL", [.string(schema.rawValue)])
      if isThere.isTrue { continue }
      do {
        try database.execute("CREATE SCHEMA \(schema.rawValue)")
      } catch {
        guard error.kind == .denied else { throw error }
        throw Fault(
          .denied, at: database.place, "the schema '\(schema.rawValue)' is missing",
          remedy: "have the database's owner run 'load-dims --setup'")
      }
    }
    let hasFunctions = try database.value(
      "SELECT to_regprocedure('\(own.rawValue).key_text(boolean)') IS NOT NULL")
    if !hasFunctions.isTrue { try database.execute(database.dialect.keyTextFunctions) }
  }
}
