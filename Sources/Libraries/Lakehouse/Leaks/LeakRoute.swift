import Columnar
import Engine
import LakeQuery

/// A way on which a value might come out: a question to a table, and what is expected of it.
struct LeakRoute {
  /// What must come of it.
  enum Expectation {
    /// What a plain copy of what may be seen answers.
    case same
    /// Whatever comes, no secret is in it.
    case noSecret
    /// It is refused.
    case refused
    /// What the same question says with `other` in the place of `name`.
    case sameBut(name: String, other: String)
    /// It says nothing of this column.
    case silent(of: String)
  }

  let name: String
  let question: String
  let expectation: Expectation

  init(_ name: String, _ question: String, _ expectation: Expectation = .same) {
    self.name = name
    self.question = question
    self.expectation = expectation
  }

  /// The ways to the rows of the table that a query calls `table`, of which `copy` may be seen.
  static func all(to table: String, _ copy: PlainCopy) -> [LeakRoute] {
    let columns = copy.shown.schema.fields
    var routes = [
      LeakRoute("SELECT", "SELECT * FROM \(table)"),
      LeakRoute("count", "SELECT count(*) FROM \(table)"),
      LeakRoute(
        "temporary view", "CREATE TEMPORARY VIEW seen AS SELECT * FROM \(table); TABLE seen"),
      LeakRoute("common table", "WITH seen AS (SELECT * FROM \(table)) SELECT count(*) FROM seen"),
      LeakRoute("UNION", "SELECT * FROM \(table) UNION ALL SELECT * FROM \(table)"),
      LeakRoute("EXPLAIN", "EXPLAIN EXTENDED SELECT * FROM \(table)", .noSecret),
      LeakRoute("CREATE TABLE", "CREATE TABLE gold.leak AS SELECT * FROM \(table)", .refused),
      LeakRoute("INSERT", "INSERT INTO gold.leak SELECT * FROM \(table)", .refused),
    ]
    for field in columns where isPlain(field.type) { routes += self.routes(to: table, field, copy) }
    for column in copy.hiddenColumns { routes += hidden(column, of: table) }
    return routes
  }

  private static func isPlain(_ type: DataType) -> Bool {
    switch type {
    case .array, .map, .structure, .binary, .null: false
    default: true
    }
  }

  private static func routes(to table: String, _ field: Field, _ copy: PlainCopy) -> [LeakRoute] {
    let name = Identifier.quoted(field.name)
    let text = "CAST(\(name) AS STRING)"
    var routes = [
      LeakRoute(
        "aggregate", "SELECT min(\(name)), max(\(name)), count(DISTINCT \(name)) FROM \(table)"),
      LeakRoute("GROUP BY", "SELECT \(name), count(*) FROM \(table) GROUP BY \(name)"),
      LeakRoute("DISTINCT", "SELECT DISTINCT \(name) FROM \(table)"),
      LeakRoute("ORDER BY", "SELECT \(name) FROM \(table) ORDER BY \(name) LIMIT 3"),
      LeakRoute(
        "window",
        "SELECT lag(\(name)) OVER (ORDER BY \(text)), rank() OVER (ORDER BY \(name) DESC) "
          + "FROM \(table)"),
      LeakRoute(
        "join",
        "SELECT count(*), min(a.\(name)) FROM (SELECT DISTINCT \(name) FROM \(table)) a "
          + "JOIN (SELECT DISTINCT \(name) FROM \(table)) b ON a.\(name) = b.\(name)"),
      LeakRoute(
        "subquery",
        "SELECT count(*) FROM \(table) WHERE \(name) = (SELECT max(\(name)) FROM \(table))"),
      LeakRoute("cast error", "SELECT sum(CAST(\(text) AS INT)) FROM \(table)", .noSecret),
      LeakRoute("IS NULL", "SELECT count(*) FROM \(table) WHERE \(name) IS NULL"),
    ]
    // Those of its own column first: a mask stands before them.
    let own = (copy.secrets[field.name] ?? []).prefix(2)
    let others = copy.secrets.sorted { $0.key < $1.key }.compactMap(\.value.first).prefix(2)
    for secret in own + others { routes += probes(to: table, text, secret) }
    guard field.type == .string else { return routes }
    // Of what may be seen of a column a plan may tell how many files hold it.
    return routes
      + own.map { secret in
        LeakRoute(
          "files that are read",
          "EXPLAIN SELECT * FROM \(table) WHERE \(name) = \(literal(secret))",
          .sameBut(name: secret, other: "no such value"))
      }
  }

  /// Questions whose answer, error or plan would be another if `secret` were met.
  private static func probes(to table: String, _ text: String, _ secret: String) -> [LeakRoute] {
    let value = literal(secret)
    let met = "\(text) = \(value)"
    let start = literal(secret.filter { $0 != "%" && $0 != "_" && $0 != "\\" }.prefix(3) + "%")
    return [
      LeakRoute("comparison", "SELECT count(*) FROM \(table) WHERE \(met)"),
      LeakRoute("LIKE", "SELECT count(*) FROM \(table) WHERE \(text) LIKE \(start)"),
      LeakRoute("order of values", "SELECT count(*) FROM \(table) WHERE \(text) < \(value)"),
      LeakRoute(
        "division by zero",
        "SELECT count(*) FROM \(table) WHERE 1 / (CASE WHEN \(met) THEN 0 ELSE 1 END) = 1"),
      LeakRoute(
        "raise_error",
        "SELECT count(*) FROM \(table) WHERE CASE WHEN \(met) THEN raise_error('met') "
          + "ELSE TRUE END"),
      LeakRoute(
        "assert_true",
        "SELECT count(*) FROM \(table) WHERE assert_true(NOT (\(met)) OR \(text) IS NULL) IS NULL"),
    ]
  }

  /// A column that is not shown must be as one that is not there.
  private static func hidden(_ column: String, of table: String) -> [LeakRoute] {
    let name = Identifier.quoted(column)
    let other = "no_such_column"
    let isOf = "SELECT 1 FROM \(table) WHERE"
    return [
      LeakRoute(
        "hidden column", "SELECT \(name) FROM \(table)", .sameBut(name: column, other: other)),
      LeakRoute(
        "condition on a hidden column", "\(isOf) \(name) IS NOT NULL",
        .sameBut(name: column, other: other)),
      LeakRoute(
        "suggestion", "SELECT \(Identifier.quoted("\(column)x")) FROM \(table)",
        .silent(of: "'\(column)'")),
    ]
  }

  private static func literal(_ text: String) -> String {
    let written = text.map { character in
      switch character {
      case "'", "\\": "\\\(character)"
      case "\n": "\\n"
      default: String(character)
      }
    }
    return "'\(written.joined())'"
  }
}
