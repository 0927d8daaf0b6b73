import Columnar
import Core
import Engine
import LakeQuery
import TestSupport
import Testing

@testable import Refresh

/// The rows of a plan that come from some rows of its followed table: with those of the others
/// they are all there are. And what rows of a table that keeps others out take away.
@Suite struct RowwisePlanTests {
  private static let schema = Schema([
    Field("day", .bigint), Field("id", .bigint), Field("amount", .bigint),
  ])

  private static let excluding = """
    SELECT l.day, l.id * 10 AS id, l.amount FROM lines l
    LEFT ANTI JOIN (SELECT * FROM voids WHERE amount > 0) v ON v.id = l.id AND v.day = l.day
    WHERE l.amount > 1
    """

  private static let queries: [(sql: String, table: String)] = [
    (excluding, "lines"),
    ("SELECT l.day, v.amount FROM voids v RIGHT JOIN lines l ON v.id = l.id", "lines"),
    (
      """
      SELECT l.day, v.times FROM lines l
      LEFT JOIN (SELECT id, count(*) AS times FROM voids GROUP BY id) v ON v.id = l.id
      """, "lines"
    ),
    ("SELECT id, d FROM voids LATERAL VIEW explode(array(day, 7)) t AS d", "voids"),
  ]

  @Test(arguments: queries.indices)
  func `the rows of the parts are the rows of the whole`(_ number: Int) throws {
    let (sql, table) = Self.queries[number]
    for seed in 1...40 as ClosedRange<UInt64> {
      var random = SeededRandom(seed)
      let rows = ["lines": Self.rows(30, &random), "voids": Self.rows(10, &random)]
      let plan = try #require(RowwisePlan(try Self.plan(sql, rows)))
      #expect(plan.scan.table.name == table)
      let all = rows[table] ?? []
      let cut = Int.random(in: 0...all.count, using: &random)
      let parts = [Array(all[..<cut]), Array(all[cut...])].map { Self.table(table, $0) }
      let found = try parts.flatMap { try Self.results(plan.rows(of: $0)) }
      let whole = try Self.results(plan.plan)
      #expect(found.sorted() == whole.sorted(), "seed \(seed)")
    }
  }

  @Test func `what new rows keep out is what is there without them`() throws {
    for seed in 1...60 as ClosedRange<UInt64> {
      var random = SeededRandom(seed)
      let lines = Self.rows(30, &random)
      let old = Self.rows(6, &random)
      let new = Self.rows(4, &random)
      let plan = try #require(
        RowwisePlan(try Self.plan(Self.excluding, ["lines": lines, "voids": old + new])))
      let excluded = try #require(plan.rows(excludedBy: Self.table("voids", new)))
      let gone = try Self.results(excluded)
      let before = Set(
        try Self.results(try Self.plan(Self.excluding, ["lines": lines, "voids": old])))
      let after = Set(try Self.results(plan.plan))
      #expect(before.subtracting(gone) == after, "seed \(seed)")
      #expect(after.isDisjoint(with: gone), "seed \(seed)")
    }
  }

  @Test func `a table that does more than keep rows out is not told so`() throws {
    let rows = ["lines": [[Int64?]](), "voids": []]
    let voids = Self.table("voids", [])
    for sql in [
      "SELECT l.id FROM lines l LEFT JOIN voids v ON v.id = l.id",
      "SELECT l.id FROM lines l SEMI JOIN voids v ON v.id = l.id",
      "SELECT id FROM lines WHERE id NOT IN (SELECT id FROM voids)",
      "SELECT l.id FROM lines l ANTI JOIN (SELECT id FROM voids GROUP BY id) v ON v.id = l.id",
    ] {
      let plan = try #require(RowwisePlan(try Self.plan(sql, rows)), "\(sql)")
      let isTold = plan.rows(excludedBy: voids) != nil
      #expect(!isTold, "\(sql)")
    }
  }

  @Test func `rows made of many follow no scan`() throws {
    let rows = ["lines": [[Int64?]](), "voids": []]
    for sql in [
      "SELECT day, count(*) FROM lines GROUP BY day", "SELECT DISTINCT id FROM lines",
      "SELECT l.id FROM lines l FULL JOIN voids v ON v.id = l.id",
      "SELECT id FROM lines UNION ALL SELECT id FROM voids",
      "SELECT id, sum(amount) OVER (PARTITION BY day) FROM lines",
    ] {
      let isRowwise = RowwisePlan(try Self.plan(sql, rows)) != nil
      #expect(!isRowwise, "\(sql)")
    }
  }

  @Test func `what joins compare is told by the scan's columns`() throws {
    let sql = """
      SELECT k.d, k.amount FROM (SELECT day AS d, id AS i, amount FROM lines) k
      LEFT ANTI JOIN voids v ON v.day = k.d AND v.id = k.i AND v.amount = k.amount + 1
      """
    let plan = try #require(RowwisePlan(try Self.plan(sql, ["lines": [], "voids": []])))
    #expect(plan.comparedColumns.map { plan.scan.columns[$0].name }.sorted() == ["day", "id"])
  }

  // MARK: Rows and queries

  private static func rows(_ count: Int, _ random: inout SeededRandom) -> [[Int64?]] {
    (0..<count).map { _ in
      ([3, 9, 5] as [Int64]).map { range -> Int64? in
        let value = Int64.random(in: 0..<range, using: &random)
        return value == 0 && range == 9 ? nil : value
      }
    }
  }

  private static func table(_ name: String, _ rows: [[Int64?]]) -> BatchTable {
    let columns = schema.fields.indices.map { position in
      let builder = ColumnBuilder(.bigint)
      for row in rows { builder.append(row[position].map(Scalar.integer) ?? .null) }
      return builder.finish()
    }
    return BatchTable(name, schema, [Batch(schema, columns, rowCount: rows.count)])
  }

  private static let context = QueryContext(clock: Clock(now: Timestamp(microseconds: 0)))

  private static func plan(_ sql: String, _ rows: [String: [[Int64?]]]) throws -> LogicalPlan {
    let tables = NamedTables(rows.sorted { $0.key < $1.key }.map { table($0.key, $0.value) })
    let plan = try QueryRunner(catalog: tables, context: context).plan(sql: sql, name: "q.sql")
    return Optimizer(clock: context.clock).optimize(plan)
  }

  private static func results(_ plan: LogicalPlan) throws -> [String] {
    let source = try QueryRunner(catalog: NamedTables(), context: context).run(plan)
    var rows: [String] = []
    while let batch = try source.next() {
      for row in 0..<batch.rowCount {
        rows.append(batch.scalars(at: row).map { "\($0)" }.joined(separator: "|"))
      }
    }
    return rows
  }
}
