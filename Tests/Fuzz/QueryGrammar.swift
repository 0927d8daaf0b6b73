import Columnar
import Engine
import TestSupport

/// A small grammar of Spark SQL over `SmallTables`: most of what it makes binds.
struct QueryGrammar {
  /// One query.
  static func query(_ random: inout SeededRandom) -> String {
    var grammar = QueryGrammar(random: random)
    defer { random = grammar.random }
    return grammar.query(depth: 3)
  }

  private var random: SeededRandom

  private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &random)! }

  /// Whether something happens that does so once in `count` times.
  private mutating func once(in count: Int) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }

  private mutating func list(_ range: ClosedRange<Int>, _ part: (inout Self) -> String) -> String {
    (0..<Int.random(in: range, using: &random)).map { _ in part(&self) }.joined(separator: ", ")
  }

  // Queries --------------------------------------------------------------------------------------

  private mutating func query(depth: Int) -> String {
    if depth > 1, once(in: 8) {
      let sign = pick(["UNION ALL", "UNION", "EXCEPT", "INTERSECT", "EXCEPT ALL"])
      let column = expression(1)
      return "SELECT \(column) FROM t \(sign) SELECT \(once(in: 2) ? column : expression(1)) FROM u"
    }
    if depth > 1, once(in: 10) {
      return "WITH c AS (\(query(depth: depth - 1))) SELECT * FROM c, (SELECT 1 AS one)"
    }
    var text = once(in: 6) ? "SELECT DISTINCT " : "SELECT "
    let isGrouped = once(in: 4)
    let key = isGrouped ? expression(1) : ""
    if isGrouped {
      text += "\(key), " + list(1...3) { $0.aggregate() }
    } else {
      text += once(in: 10) ? "*" : list(1...3) { $0.selected(depth) }
    }
    text += " FROM \(relation(depth))"
    if once(in: 2) { text += " WHERE \(condition(depth))" }
    if isGrouped {
      text += " GROUP BY " + (once(in: 6) ? "ROLLUP (\(key))" : key)
      if once(in: 3) { text += " HAVING \(aggregate()) \(comparison()) \(literal())" }
    }
    if once(in: 3) { text += " ORDER BY 1 \(pick(["", "DESC", "ASC NULLS LAST"]))" }
    if once(in: 4) { text += " LIMIT \(pick(["0", "1", "3", "2147483647"]))" }
    return text
  }

  private mutating func relation(_ depth: Int) -> String {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return "e"
    case 1: return "u"
    case 2 where depth > 1: return "(\(query(depth: depth - 1)))"
    case 3:
      let kind = pick([
        "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN",
      ])
      let column = column()
      return "t \(kind) u ON t.\(column) \(comparison()) u.\(once(in: 2) ? column : self.column())"
    case 4: return "t LATERAL VIEW \(pick(["explode", "posexplode"]))(a) x"
    case 5: return "(VALUES (\(literal()), \(literal())), (\(literal()), \(literal()))) AS v(i, s)"
    default: return "t"
    }
  }

  private mutating func selected(_ depth: Int) -> String {
    if once(in: 6) { return window() }
    if depth > 1, once(in: 12) { return "(SELECT max(\(column())) FROM u)" }
    return expression(3)
  }

  private mutating func condition(_ depth: Int) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: "\(expression(1)) IS \(pick(["NULL", "NOT NULL", "TRUE", "DISTINCT FROM s"]))"
    case 1: "\(column()) \(pick(["IN", "NOT IN"])) (\(list(1...3) { $0.literal() }))"
    case 2: "\(column()) BETWEEN \(literal()) AND \(literal())"
    case 3: "s \(pick(["LIKE", "RLIKE", "NOT LIKE"])) \(pattern())"
    case 4 where depth > 1:
      "\(pick(["", "NOT "]))EXISTS (SELECT 1 FROM u WHERE u.i = t.i AND u.\(column()) IS NULL)"
    case 5 where depth > 1: "i IN (SELECT \(column()) FROM u)"
    case 6: "\(condition(1)) \(pick(["AND", "OR", "AND NOT"])) \(condition(1))"
    default: "\(expression(2)) \(comparison()) \(expression(2))"
    }
  }

  // Expressions ----------------------------------------------------------------------------------

  private mutating func expression(_ depth: Int) -> String {
    guard depth > 0, !once(in: 4) else { return once(in: 2) ? column() : literal() }
    let next = depth - 1
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return "CAST(\(expression(next)) AS \(type()))"
    case 1: return "TRY_CAST(\(expression(next)) AS \(type()))"
    case 2: return "-\(expression(next))"
    case 3: return "CASE WHEN \(condition(1)) THEN \(expression(next)) ELSE \(expression(next)) END"
    case 4: return "(\(condition(1)))"
    case 5, 6:
      let sign = pick(["+", "-", "*", "/", "%", "div", "||", "&", "|", "^", "<=>"])
      return "(\(expression(next)) \(sign) \(expression(next)))"
    case 7: return "\(pick(["a", "m", "split(s, '')", "array(1, NULL)"]))[\(expression(next))]"
    default:
      return "\(pick(Self.functions))(\(list(0...3) { $0.expression(next) }))"
    }
  }

  private mutating func aggregate() -> String {
    let filter = once(in: 6) ? " FILTER (WHERE \(condition(1)))" : ""
    if once(in: 6) { return "count(*)\(filter)" }
    let distinct = once(in: 5) ? "DISTINCT " : ""
    return "\(pick(Self.aggregates))(\(distinct)\(list(1...2) { $0.expression(1) }))\(filter)"
  }

  private mutating func window() -> String {
    let calls = ["row_number()", "rank()", "ntile(\(literal()))", "lag(\(column()), \(literal()))"]
    let call = once(in: 2) ? pick(calls) : aggregate()
    let bounds = ["UNBOUNDED PRECEDING", "\(literal()) PRECEDING", "CURRENT ROW", "1 FOLLOWING"]
    let unit = pick(["ROWS", "RANGE"])
    let frame = once(in: 2) ? "" : " \(unit) BETWEEN \(pick(bounds)) AND \(pick(bounds))"
    return "\(call) OVER (PARTITION BY \(column()) ORDER BY \(column())\(frame))"
  }

  private mutating func column() -> String {
    pick(SmallTables.schema.fields.map { $0.name } + ["r.x"])
  }

  private mutating func comparison() -> String { pick(["=", "<", ">=", "<>", "<=>"]) }

  private mutating func literal() -> String { pick(Self.literals) }

  private mutating func pattern() -> String {
    pick(["'%a_'", "'a\\\\%'", "''", "'%%%%%%b'", "'(a|b)*c'", "'[^'", "'^(.+)+$'", "s2", "NULL"])
  }

  private mutating func type() -> String {
    pick([
      "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DATE", "TIMESTAMP",
      "STRING", "BINARY", "DECIMAL(1,0)", "DECIMAL(38,38)", "DECIMAL(38,0)", "ARRAY<STRING>",
      "MAP<STRING, BIGINT>", "STRUCT<x: STRING, y: INT>",
    ])
  }

  private static let functions = FunctionCatalog.names.filter { name in
    name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
      && !FunctionCatalog.isAggregate(name)
  }
  private static let aggregates = FunctionCatalog.names.filter(FunctionCatalog.isAggregate)

  private static let literals = [
    "NULL", "TRUE", "0", "1", "-1", "2", "7", "127Y", "-128Y", "32767S", "2147483647",
    "-2147483648",
    "9223372036854775807", "-9223372036854775808L", "1e308D", "-0.0D", "0.000001", "1.5BD",
    "99999999999999999999999999999999999999", "CAST('NaN' AS DOUBLE)", "DATE '0001-01-01'",
    "DATE '9999-12-31'", "TIMESTAMP '1582-10-15 00:00:00'",
    "TIMESTAMP '9999-12-31 23:59:59.999999'",
    "INTERVAL '1' DAY", "INTERVAL '178956970' YEAR", "''", "'a'", "'é😀'", "'1.5'", "'2024-02-30'",
    "'yyyy-MM-dd HH:mm:ss.SSS'", "'UTC'", "'[1,{\"x\":null}]'", "'$.x[0]'", "X'00FF'", "array()",
    "map('a', 1)", "named_struct('x', 1)",
  ]
}
