import Columnar
import TestSupport

/// A small grammar of Spark SQL over `SmallTables`: most of what it makes binds.
struct QueryGrammar {
  /// One query.
  static func query(_ random: inout SeededRandom) -> String {
    var grammar = QueryGrammar(random: random)
    defer { random = grammar.random }
    return grammar.query(depth: 3)
  }

  var random: SeededRandom

  mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
    choices[Int.random(in: choices.indices, using: &random)]
  }

  /// Whether something happens that does so once in `count` times.
  mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  mutating func list(_ range: ClosedRange<Int>, _ part: (inout Self) -> String) -> String {
    (0..<Int.random(in: range, using: &random)).map { _ in part(&self) }.joined(separator: ", ")
  }

  private mutating func query(depth: Int) -> String {
    if depth > 1, once(in: 8) {
      let sign = pick(["UNION ALL", "UNION", "EXCEPT", "INTERSECT", "EXCEPT ALL"])
      let column = expression(1)
      let other = once(in: 2) ? column : expression(1, like: column.type)
      return "SELECT \(column.text) FROM t \(sign) SELECT \(other.text) FROM u"
    }
    if depth > 1, once(in: 10) {
      return "WITH c AS (\(query(depth: depth - 1))) SELECT * FROM c, (SELECT 1 AS one)"
    }
    var text = once(in: 6) ? "SELECT DISTINCT " : "SELECT "
    let key = once(in: 4) ? expression(1).text : nil
    if let key {
      text += "\(key), " + list(1...3) { $0.aggregate().text }
    } else {
      text += once(in: 10) ? "*" : list(1...3) { $0.selected(depth) }
    }
    text += " FROM \(relation(depth))"
    if once(in: 2) { text += " WHERE \(condition(depth))" }
    if let key {
      text += " GROUP BY " + (once(in: 6) ? "ROLLUP (\(key))" : key)
      if once(in: 3) { text += " HAVING \(comparison { $0.aggregate() })" }
    }
    if once(in: 3) { text += " ORDER BY 1 \(pick(["", "DESC", "ASC NULLS LAST"]))" }
    if once(in: 4) { text += " LIMIT \(pick(["0", "1", "3", "2147483647"]))" }
    return text
  }

  private mutating func relation(_ depth: Int) -> String {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return "e AS t"
    case 1: return "u AS t"
    case 2 where depth > 1: return "t, (\(query(depth: depth - 1))) x"
    case 3:
      let kind = pick(["JOIN", "LEFT JOIN", "FULL JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN"])
      let column = pick(Self.columns).text
      return "t \(kind) (SELECT \(column) AS k FROM u) ON \(column) \(sign()) k"
    case 4: return "t LATERAL VIEW \(pick(["explode", "posexplode", "inline"]))(a) x"
    case 5:
      let values = list(1...3) { "(\($0.pick(Self.literals).text))" }
      return "t CROSS JOIN (VALUES \(values)) AS v(k)"
    default: return "t"
    }
  }

  private mutating func selected(_ depth: Int) -> String {
    if once(in: 6) { return window() }
    if depth > 1, once(in: 12) { return "(SELECT max(\(pick(Self.columns).text)) FROM u)" }
    return expression(3).text
  }

  private mutating func window() -> String {
    let column = pick(Self.columns).text
    let count = pick(["1", "2", "0", "-1", "2147483647"])
    let calls = ["row_number()", "rank()", "ntile(\(count))", "lag(\(column), \(count))"]
    let call = once(in: 2) ? pick(calls) : aggregate().text
    let bounds = [
      "UNBOUNDED PRECEDING", "\(count) PRECEDING", "CURRENT ROW", "1 FOLLOWING",
      "UNBOUNDED FOLLOWING",
    ]
    let (first, last) = (pick(bounds), pick(bounds))
    let frame = once(in: 2) ? "" : " \(pick(["ROWS", "RANGE"])) BETWEEN \(first) AND \(last)"
    return "\(call) OVER (PARTITION BY \(column) ORDER BY \(pick(Self.columns).text)\(frame))"
  }

  mutating func condition(_ depth: Int) -> String {
    switch Int.random(in: 0..<9, using: &random) {
    case 0: "\(expression(1).text) IS \(pick(["NULL", "NOT NULL", "NOT DISTINCT FROM NULL"]))"
    case 1:
      "i \(pick(["IN", "NOT IN"])) (\(list(1...3) { $0.expression(0, like: .int).text }))"
    case 2: "d BETWEEN \(expression(0, like: .double).text) AND \(expression(1, like: .int).text)"
    case 3: "s \(pick(["LIKE", "RLIKE", "NOT LIKE"])) \(pick(Self.patterns))"
    case 4 where depth > 1:
      "\(pick(["", "NOT "]))EXISTS (SELECT 1 FROM u WHERE u.i = t.i AND \(condition(1)))"
    case 5 where depth > 1: "i \(pick(["", "NOT "]))IN (SELECT j FROM u)"
    case 6: "\(condition(1)) \(pick(["AND", "OR", "AND NOT"])) \(condition(1))"
    case 7: expression(2, like: .boolean).text
    default: comparison { $0.expression(2) }
    }
  }

  private mutating func comparison(_ side: (inout Self) -> Typed) -> String {
    let left = side(&self)
    return "\(left.text) \(sign()) \(expression(1, like: left.type).text)"
  }

  private mutating func sign() -> String { pick(["=", "<", ">=", "<>", "<=>"]) }
}
