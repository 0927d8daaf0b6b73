import Columnar
package import Core
import Database
package import PostgreSQL

/// Tries to see restricted values at a server as somebody, by every way there is to rows.
///
/// The session is the superuser's or the like, which becomes whoever is tried; nothing that it
/// makes on the way outlives it.
package struct ServerLeakTest {
  /// A restricted value that could be seen.
  package struct Leak: Hashable, Sendable, CustomStringConvertible {
    package let subject: String
    package let route: Route
    /// The table, view or column that showed it.
    package let object: String
    package let find: RestrictedValues.Find

    /// Without the value itself.
    package var description: String {
      "\(subject): \(find.origin) \(find.form), by \(route.rawValue) of \(object)"
    }
  }

  /// A way to rows, or to what a server tells of them.
  package enum Route: String, CaseIterable, Sendable {
    case select = "SELECT"
    case copy = "COPY"
    case function = "a leaky function"
    case explain = "EXPLAIN ANALYZE"
    case statistics = "pg_stats"
    case error = "an error's text"
    case table = "CREATE TABLE AS"
    case view = "a view of one's own"
  }

  /// So many rows of a table are looked at.
  private static let limit = 20_000

  private let session: PostgreSQLConnection
  private let subject: String
  private let values: RestrictedValues
  private var dialect: Dialect { .postgresql }

  /// Becomes `role`, which `subject` acts as, for what restricted `values` are.
  package init(
    _ session: PostgreSQLConnection, as role: String, subject: String, values: RestrictedValues
  ) throws(Fault) {
    self.session = session
    self.subject = subject
    self.values = values
    // What another has made on the way could not be made again.
    try session.execute("RESET SESSION AUTHORIZATION; DISCARD TEMP")
    try session.execute("SET search_path = pg_catalog, pg_temp")
    try session.execute("SET SESSION AUTHORIZATION \(Dialect.postgresql.quoted(role))")
  }

  /// What could be seen, each once.
  package func leaks() throws -> [Leak] {
    var leaks: Set<Leak> = []
    guard !values.texts.isEmpty else { return [] }
    let canMake = try makeTrap()
    for relation in try relations() {
      for route in Route.allCases where route != .statistics {
        if !canMake, [.function, .table, .view].contains(route) { continue }
        for (object, text) in texts(relation, route) {
          for find in values.finds(in: text) {
            leaks.insert(Leak(subject: subject, route: route, object: object, find: find))
          }
        }
      }
    }
    for text in statistics() {
      for find in values.finds(in: text) {
        leaks.insert(Leak(subject: subject, route: .statistics, object: "tables", find: find))
      }
    }
    try session.execute("RESET SESSION AUTHORIZATION")
    return leaks.sorted { $0.description < $1.description }
  }

  /// A relation that may be read, and those of its columns that may be.
  private struct Readable {
    let name: String
    let isTable: Bool
    let columns: [String]
    /// Those that hold texts, days, times or bytes.
    let telling: [String]
  }

  private func relations() throws(Fault) -> [Readable] {
    let rows = try session.rows(
      """
      SELECT format('%I.%I', n.nspname, c.relname), c.relkind IN ('r', 'p'),
        format('%I', a.attname), t.typcategory IN ('S', 'D', 'U')
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%'
        AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'USAGE')
        AND has_column_privilege(c.oid, a.attnum, 'SELECT')
      ORDER BY 1, a.attnum
      """)
    var found: [Readable] = []
    for row in rows {
      let name = row[0].plainText
      let earlier = found.last?.name == name ? found.removeLast() : nil
      let column = row[2].plainText
      found.append(
        Readable(
          name: name, isTable: row[1].isTrue, columns: (earlier?.columns ?? []) + [column],
          telling: (earlier?.telling ?? []) + (row[3].isTrue ? [column] : [])))
    }
    return found
  }

  /// A function that keeps what it is given, which the server asks early, for it is cheap; whether
  /// it can be made.
  private func makeTrap() throws(Fault) -> Bool {
    do throws(Fault) {
      try session.execute(
        """
        CREATE TEMP TABLE IF NOT EXISTS caught (v TEXT);
        CREATE OR REPLACE FUNCTION pg_temp.trap(v TEXT) RETURNS BOOLEAN LANGUAGE plpgsql
          COST 0.0000001 AS 'BEGIN INSERT INTO pg_temp.caught VALUES (v); RETURN FALSE; END'
        """)
      return true
    } catch {
      guard error.kind == .denied else { throw error }
      return false
    }
  }

  /// What a way shows, with the object that it is of. A way that is barred shows its error.
  private func texts(_ relation: Readable, _ route: Route) -> [(object: String, text: String)] {
    let list = relation.columns.map { "CAST(\($0) AS TEXT)" }.joined(separator: ", ")
    let query = "SELECT \(list) FROM \(relation.name)"
    switch route {
    case .select: return cells(query, relation.name)
    case .copy:
      return told(relation.name) { () throws(Fault) in
        let what =
          relation.isTable
          ? "\(relation.name) (\(relation.columns.joined(separator: ", ")))"
          : "(\(query) LIMIT \(Self.limit))"
        return try session.copiedLines("COPY \(what) TO STDOUT", limit: Self.limit)
      }
    case .function:
      return relation.telling.flatMap { column in
        told("\(relation.name).\(column)") { () throws(Fault) in
          try session.execute("TRUNCATE pg_temp.caught")
          _ = try session.rows(
            "SELECT 1 FROM \(relation.name) WHERE pg_temp.trap(CAST(\(column) AS TEXT))")
          return try session.rows("SELECT DISTINCT v FROM pg_temp.caught LIMIT \(Self.limit)")
            .map { $0[0].plainText }
        }
      }
    case .explain: return cells("EXPLAIN (ANALYZE, VERBOSE, COSTS OFF) \(query)", relation.name)
    case .error:
      return relation.telling.flatMap { column in
        cells(
          "SELECT 1 FROM \(relation.name) WHERE CAST(CAST(\(column) AS TEXT) AS POINT) IS NULL",
          "\(relation.name).\(column)")
      }
    case .table:
      let aliased = relation.columns.joined(separator: ", ")
      return made("TABLE", "SELECT \(aliased) FROM \(relation.name)", relation)
    case .view:
      let aliased = relation.columns.joined(separator: ", ")
      return made("VIEW", "SELECT \(aliased) FROM \(relation.name)", relation)
    case .statistics: return []
    }
  }

  private func made(
    _ kind: String, _ query: String, _ relation: Readable
  ) -> [(object: String, text: String)] {
    do {
      try session.execute("DROP \(kind) IF EXISTS pg_temp.own_\(kind.lowercased())")
      try session.execute(
        "CREATE TEMP \(kind) own_\(kind.lowercased()) AS \(query) LIMIT \(Self.limit)")
    } catch {
      return [(relation.name, error.problem)]
    }
    let list = relation.columns.map { "CAST(\($0) AS TEXT)" }.joined(separator: ", ")
    return cells("SELECT \(list) FROM pg_temp.own_\(kind.lowercased())", relation.name)
  }

  private func cells(_ sql: String, _ object: String) -> [(object: String, text: String)] {
    told(object) { () throws(Fault) in
      let limited = sql.hasPrefix("SELECT") ? "\(sql) LIMIT \(Self.limit)" : sql
      return Set(try session.rows(limited).flatMap { $0.map(\.plainText) }).sorted()
    }
  }

  private func told(
    _ object: String, _ body: () throws(Fault) -> [String]
  ) -> [(object: String, text: String)] {
    do {
      return try body().map { (object, $0) }
    } catch {
      return [(object, error.problem)]
    }
  }

  private func statistics() -> [String] {
    told("") { () throws(Fault) in
      try session.rows(
        """
        SELECT coalesce(most_common_vals::text, '') || ',' || coalesce(histogram_bounds::text, '')
        FROM pg_stats WHERE schemaname NOT LIKE 'pg\\_%'
        """
      ).flatMap { row in
        row[0].plainText.split { "{},\"".contains($0) }.map { String($0) }
      }
    }.map(\.text)
  }
}
