import Columnar
package import Core
package import Database

/// What makes a server's database a warehouse that several people may use: two roles and the
/// schemas, each role with the least it needs. Nobody is made a member of them.
///
/// `loader` owns the schemas and may do nothing outside of them; `analyst` reads dimensions and
/// facts. Loads act as `loader`, whichever of its members runs them.
package struct ServerSetup {
  private static let loader = "loader"
  private static let analyst = "analyst"

  /// Whether loads may not make tables that end with their session.
  private static let lacksScratch =
    "NOT has_database_privilege('\(loader)', current_database(), 'TEMPORARY')"

  private let database: any LoadingConnection

  package init(of database: any LoadingConnection) { self.database = database }

  /// The statements that are still missing, in their order; each ends without a semicolon.
  package func statements() throws(Fault) -> [String] {
    let name = try database.value("SELECT quote_ident(current_database())")
    guard case .string(let here) = name else { return [] }
    let schemas = WarehouseSchema.allCases
    let read = "\(WarehouseSchema.dimensions.rawValue), \(WarehouseSchema.facts.rawValue)"
    var statements: [String] = []
    for role in [Self.loader, Self.analyst] where try !isTrue("to_regrole('\(role)') IS NOT NULL") {
      statements.append("CREATE ROLE \(role) NOLOGIN")
    }
    let isNew = !statements.isEmpty
    for schema in schemas {
      statements += try taking(schema.rawValue)
    }
    if try isNew ? true : isTrue(Self.lacksScratch) {
      statements.append("GRANT TEMPORARY ON DATABASE \(here) TO \(Self.loader)")
    }
    statements += [
      "GRANT USAGE ON SCHEMA \(read) TO \(Self.analyst)",
      "GRANT SELECT ON ALL TABLES IN SCHEMA \(read) TO \(Self.analyst)",
      "ALTER DEFAULT PRIVILEGES FOR ROLE \(Self.loader) IN SCHEMA \(read) "
        + "GRANT SELECT ON TABLES TO \(Self.analyst)",
      "ALTER DATABASE \(here) SET search_path = \(read), \"$user\", public",
    ]
    return statements
  }

  /// Runs `statements`, all or none.
  package func run(_ statements: [String]) throws {
    try database.transaction {
      for statement in statements { try database.execute(statement) }
    }
  }

  /// A schema, and what earlier loads left in it, for the loader.
  private func taking(_ schema: String) throws(Fault) -> [String] {
    guard try isTrue("to_regnamespace('\(schema)') IS NOT NULL") else {
      return ["CREATE SCHEMA \(schema) AUTHORIZATION \(Self.loader)"]
    }
    let found = try database.rows(
      """
      SELECT format('ALTER SCHEMA %I OWNER TO \(Self.loader)', nspname) FROM pg_namespace
      WHERE nspname = '\(schema)' AND nspowner IS DISTINCT FROM to_regrole('\(Self.loader)')
      UNION ALL
      SELECT format('ALTER %s %s OWNER TO \(Self.loader)',
        CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
        c.oid::regclass) FROM pg_class c
      WHERE relnamespace = '\(schema)'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
        AND relowner IS DISTINCT FROM to_regrole('\(Self.loader)')
      UNION ALL
      SELECT format('ALTER FUNCTION %s OWNER TO \(Self.loader)', p.oid::regprocedure)
      FROM pg_proc p WHERE pronamespace = '\(schema)'::regnamespace
        AND proowner IS DISTINCT FROM to_regrole('\(Self.loader)')
      """)
    return found.compactMap { if case .string(let text) = $0[0] { text } else { nil } }
  }

  private func isTrue(_ condition: String) throws(Fault) -> Bool {
    try database.value("SELECT \(condition)").isTrue
  }
}
