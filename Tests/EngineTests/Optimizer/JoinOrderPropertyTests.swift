import Columnar
import Core
import Engine
import TestSupport
import Testing

/// Rows do not depend on the order in which tables are named, nor on that in which they are joined.
@Suite struct JoinOrderPropertyTests {
  @Test(arguments: 1...40)
  func `random join graphs give the same rows in any order`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let count = Int.random(in: 2...6, using: &random)
    let catalog = try Self.catalog(count, &random)
    let conditions = Self.conditions(count, &random)
    let select = "SELECT " + (0..<count).map { "t\($0).v" }.joined(separator: ", ")
    let tables = (0..<count).map { "t\($0)" }
    func query(_ tables: [String]) -> String {
      "\(select) FROM \(tables.joined(separator: ", ")) WHERE "
        + conditions.joined(separator: " AND ")
    }
    let plain = try QueryRun(catalog).rows(query(tables)).sorted()
    for _ in 0..<4 {
      let sql = query(tables.shuffled(using: &random))
      let plan = try optimized(sql, catalog)
      let rows = try Self.rows(plan).sorted()
      #expect(rows == plain, "seed \(seed): \(sql)\n\(plan.text)")
    }
  }

  @Test(arguments: 1...40)
  func `outer, semi and anti joins among them stay right`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let catalog = try Self.catalog(5, &random)
    let kinds = [
      "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN", "JOIN",
    ]
    let kind = try #require(kinds.randomElement(using: &random))
    let inner = try #require(["t0 JOIN t1 ON t0.k = t1.k", "t1, t0"].randomElement(using: &random))
    let hasRight = !kind.contains("SEMI") && !kind.contains("ANTI")
    let sql = """
      SELECT t2.v, t3.v, t4.v, x.v FROM t2, t3, t4,
        (SELECT t0.v, t0.k FROM \(inner) \(kind) t4 ON t0.v = t4.k
          WHERE \(hasRight ? "t4.v IS NULL OR t4.v > 1" : "t0.v > 0")) x
      WHERE (x.k = t2.k AND t3.v < 3 AND t3.k = t4.k) OR (t2.k = x.k AND t3.k = t4.k AND t2.v = 2)
        OR (t2.k = x.k AND t4.k = t3.k AND t2.v IN (SELECT v FROM t1))
      """
    let plain = try QueryRun(catalog).rows(sql).sorted()
    let plan = try optimized(sql, catalog)
    #expect(try Self.rows(plan).sorted() == plain, "seed \(seed): \(sql)\n\(plan.text)")
  }

  private func optimized(_ sql: String, _ catalog: MemoryCatalog) throws -> LogicalPlan {
    let query = try SQLScript.parseQuery(text: sql, file: "query.sql")
    let plan = try Binder(catalog: catalog, clock: QueryRun.clock).bind(query)
    return Optimizer(clock: QueryRun.clock).optimize(plan)
  }

  private static func rows(_ plan: LogicalPlan) throws -> [String] {
    let context = QueryContext(clock: QueryRun.clock, threadCount: 2)
    let source = try Executor(context: context).execute(plan)
    var rows: [String] = []
    while let batch = try source.next() {
      rows += (0..<batch.rowCount).map { row in
        batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) }
          .joined(separator: "|")
      }
    }
    return rows
  }

  /// Tables `t0 (k INT, v INT)` and so on, of few values, some of them NULL.
  private static func catalog(_ count: Int, _ random: inout SeededRandom) throws -> MemoryCatalog {
    let catalog = MemoryCatalog()
    for table in 0..<count {
      let rowCount = Int.random(in: 0...9, using: &random)
      func value() -> String {
        Int.random(in: 0..<8, using: &random) == 0
          ? "NULL" : "\(Int.random(in: 0..<4, using: &random))"
      }
      let rows = (0..<max(1, rowCount)).map { _ in "\(value())|\(value())" }
      try catalog.add("t\(table)", "k INT, v INT", rows: rows)
    }
    return catalog
  }

  /// Conditions that tie most of the tables, and some that do not tie.
  private static func conditions(_ count: Int, _ random: inout SeededRandom) -> [String] {
    func column(_ table: Int) -> String {
      "t\(table).\(Bool.random(using: &random) ? "k" : "v")"
    }
    var conditions: [String] = []
    for table in 1..<count where Int.random(in: 0..<8, using: &random) > 0 {
      let other = Int.random(in: 0..<table, using: &random)
      let pair = (column(table), column(other))
      switch Int.random(in: 0..<7, using: &random) {
      case 0: conditions.append("\(pair.0) <=> \(pair.1)")
      case 1:
        conditions.append(
          "((\(pair.0) = \(pair.1) AND \(column(table)) < 2) "
            + "OR (\(pair.1) = \(pair.0) AND \(column(other)) = 3))")
      case 2: conditions.append("\(pair.0) + \(column(table)) = \(pair.1)")
      case 3: conditions.append("\(pair.0) < \(pair.1)")
      case 4: conditions.append("\(pair.0) = \(pair.1) AND \(column(table)) = \(column(other))")
      default: conditions.append("\(pair.0) = \(pair.1)")
      }
    }
    let three = (0..<3).map { _ in column(Int.random(in: 0..<count, using: &random)) }
    if Bool.random(using: &random) {
      conditions.append("coalesce(\(three[0]), \(three[1])) = \(three[2])")
    }
    conditions.append("\(three[0]) IS NOT NULL")
    return conditions.shuffled(using: &random)
  }
}
