import Engine
import TestSupport
import Testing

/// Random queries, whose labels a plain model follows through what it wrote, without a plan.
@Suite struct ColumnLabelsPropertyTests {
  @Test(arguments: 1...400)
  func `labels go through any query as through its text`(_ seed: UInt64) throws {
    var writer = QueryWriter(SeededRandom(seed))
    let query = writer.relation(depth: 4)
    let plan = try Planning.bind(query.sql, in: try QueryWriter.catalog)
    let carried = ColumnLabels(of: plan, breakers: LabelBreakers()) { table, column in
      Set([QueryWriter.labels["\(table).\(column)"]].compactMap { $0 })
    }
    #expect(carried.columns == query.labels, "seed \(seed): \(query.sql)")
  }

  @Test func `most of the queries carry labels, and most stop some`() {
    var (carrying, stopping) = (0, 0)
    for seed in 1...400 as ClosedRange<UInt64> {
      var writer = QueryWriter(SeededRandom(seed))
      let query = writer.relation(depth: 4)
      if query.labels.contains(where: { !$0.isEmpty }) { carrying += 1 }
      if writer.stopped > 0 { stopping += 1 }
    }
    #expect(carrying > 150)
    #expect(stopping > 100)
  }
}

/// Writes queries of texts and numbers over three tables, and notes what each column carries.
private struct QueryWriter {
  /// A relation as SQL, its columns `c0`, `c1`, … all texts, and the labels of each.
  struct Relation {
    var sql: String
    var labels: [Set<String>]
  }

  static let labels = [
    "p.c0": "name", "p.c1": "email", "q.c1": "phone", "q.c2": "address", "r.c0": "iban",
  ]
  private static let widths = ["p": 3, "q": 3, "r": 2]

  static var catalog: PlanningCatalog {
    get throws {
      try PlanningCatalog(
        widths.mapValues { width in
          (0..<width).map { "c\($0) STRING" }.joined(separator: ", ")
        })
    }
  }

  private var random: SeededRandom
  /// How often a label was stopped.
  private(set) var stopped = 0
  private var aliasCount = 0

  init(_ random: SeededRandom) { self.random = random }

  mutating func relation(depth: Int) -> Relation {
    guard depth > 0 else { return table() }
    switch Int.random(in: 0..<9, using: &random) {
    case 0: return table()
    case 1, 2: return projected(relation(depth: depth - 1))
    case 3: return joined(relation(depth: depth - 1), relation(depth: depth - 2))
    case 4: return united(relation(depth: depth - 1), relation(depth: depth - 1))
    case 5, 6: return grouped(relation(depth: depth - 1))
    case 7: return windowed(relation(depth: depth - 1))
    default: return exploded(relation(depth: depth - 1))
    }
  }

  private mutating func table() -> Relation {
    let name = Self.widths.keys.sorted()[Int.random(in: 0..<3, using: &random)]
    let columns = (0..<(Self.widths[name] ?? 0)).map { "c\($0)" }
    return Relation(
      sql: "SELECT \(columns.joined(separator: ", ")) FROM \(name)",
      labels: columns.map { Set([Self.labels["\(name).\($0)"]].compactMap { $0 }) })
  }

  private mutating func alias() -> String {
    aliasCount += 1
    return "t\(aliasCount)"
  }

  /// An expression over the columns of `input`, with what it carries.
  private mutating func expression(
    _ input: Relation, _ alias: String, depth: Int = 3
  ) -> (sql: String, labels: Set<String>) {
    func part() -> (sql: String, labels: Set<String>) { expression(input, alias, depth: depth - 1) }
    let column = Int.random(in: input.labels.indices, using: &random)
    let leaf = ("\(alias).c\(column)", input.labels[column])
    guard depth > 0 else { return leaf }
    switch Int.random(in: 0..<11, using: &random) {
    case 0: return ("'x'", [])
    case 1:
      let (left, right) = (part(), part())
      return ("concat(\(left.sql), \(right.sql))", left.labels.union(right.labels))
    case 2:
      let (condition, left, right) = (part(), part(), part())
      return (
        "CASE WHEN \(condition.sql) > 'm' THEN \(left.sql) ELSE \(right.sql) END",
        left.labels.union(right.labels)
      )
    case 3:
      let (left, right) = (part(), part())
      return ("coalesce(\(left.sql), \(right.sql))", left.labels.union(right.labels))
    case 4:
      let inner = part()
      return ("CAST(try_cast(\(inner.sql) AS INT) AS STRING)", inner.labels)
    case 5:
      let inner = part()
      return ("substring(upper(\(inner.sql)), 1, 9)", inner.labels)
    case 6:
      let inner = part()
      if !inner.labels.isEmpty { stopped += 1 }
      return ("sha2(\(inner.sql), 256)", [])
    case 7:
      let inner = part()
      if !inner.labels.isEmpty { stopped += 1 }
      return ("mask(\(inner.sql))", [])
    case 8:
      let inner = part()
      return ("CAST(\(inner.sql) IS NULL AS STRING)", inner.labels)
    default: return leaf
    }
  }

  private mutating func projected(_ input: Relation) -> Relation {
    let alias = alias()
    let parts = (0...Int.random(in: 0..<3, using: &random)).map { _ in expression(input, alias) }
    let filter = expression(input, alias, depth: 1)
    let list = parts.enumerated().map { "\($1.sql) AS c\($0)" }.joined(separator: ", ")
    let condition = Bool.random(using: &random) ? " WHERE \(filter.sql) < 'q'" : ""
    return Relation(
      sql: "SELECT \(list) FROM (\(input.sql)) \(alias)\(condition)", labels: parts.map(\.labels))
  }

  private mutating func joined(_ left: Relation, _ right: Relation) -> Relation {
    let (first, second) = (alias(), alias())
    let kind = ["JOIN", "LEFT JOIN", "FULL JOIN", "LEFT SEMI JOIN"][
      Int.random(in: 0..<4, using: &random)]
    var columns = left.labels.indices.map { "\(first).c\($0)" }
    var labels = left.labels
    if kind != "LEFT SEMI JOIN" {
      columns += right.labels.indices.map { "\(second).c\($0)" }
      labels += right.labels
    }
    let list = columns.enumerated().map { "\($1) AS c\($0)" }.joined(separator: ", ")
    return Relation(
      sql: "SELECT \(list) FROM (\(left.sql)) \(first) \(kind) (\(right.sql)) \(second) "
        + "ON \(first).c0 = \(second).c0", labels: labels)
  }

  private mutating func united(_ left: Relation, _ right: Relation) -> Relation {
    let width = min(left.labels.count, right.labels.count)
    let list = (0..<width).map { "c\($0)" }.joined(separator: ", ")
    let sign = ["UNION ALL", "UNION", "EXCEPT", "INTERSECT"][Int.random(in: 0..<4, using: &random)]
    let labels = (0..<width).map { position in
      sign == "EXCEPT"
        ? left.labels[position] : left.labels[position].union(right.labels[position])
    }
    return Relation(
      sql: "SELECT \(list) FROM (\(left.sql)) \(alias()) \(sign) "
        + "SELECT \(list) FROM (\(right.sql)) \(alias())", labels: labels)
  }

  private mutating func grouped(_ input: Relation) -> Relation {
    let alias = alias()
    let key = expression(input, alias, depth: 1)
    let value = expression(input, alias)
    let (name, isSummary) = [
      ("max", false), ("min", false), ("count", true), ("approx_count_distinct", true),
      ("count", true),
    ][Int.random(in: 0..<5, using: &random)]
    let least = Int.random(in: 5..<15, using: &random)
    let isBroken = isSummary && least >= 10
    if isBroken, !value.labels.isEmpty { stopped += 1 }
    return Relation(
      sql: "SELECT \(key.sql) AS c0, CAST(\(name)(\(value.sql)) AS STRING) AS c1 "
        + "FROM (\(input.sql)) \(alias) GROUP BY \(key.sql) HAVING count(*) >= \(least)",
      labels: [key.labels, isBroken ? [] : value.labels])
  }

  private mutating func windowed(_ input: Relation) -> Relation {
    let alias = alias()
    let (value, key) = (expression(input, alias), expression(input, alias, depth: 1))
    let (call, isValue) = [
      ("lag(\(value.sql))", true), ("max(\(value.sql))", true), ("row_number()", false),
    ][Int.random(in: 0..<3, using: &random)]
    return Relation(
      sql: "SELECT CAST(\(call) OVER (PARTITION BY \(key.sql) ORDER BY \(alias).c0) AS STRING) "
        + "AS c0 FROM (\(input.sql)) \(alias)", labels: [isValue ? value.labels : []])
  }

  private mutating func exploded(_ input: Relation) -> Relation {
    let alias = alias()
    let (left, right) = (expression(input, alias), expression(input, alias))
    return Relation(
      sql: "SELECT v AS c0, \(alias).c0 AS c1 FROM (\(input.sql)) \(alias) "
        + "LATERAL VIEW explode(array(\(left.sql), \(right.sql))) x AS v",
      labels: [left.labels.union(right.labels), input.labels[0]])
  }
}
