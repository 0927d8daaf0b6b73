import Columnar
import Core
import Engine
import TestSupport
import Testing

/// What can be told of a plan without running it.
@Suite struct AnalysisTests {
  @Test(arguments: [
    ("SELECT day, sku FROM silver.sales", "silver.sales.day"),
    ("SELECT day, sum(amount) FROM silver.sales GROUP BY day, store_id", "silver.sales.day"),
    (
      "SELECT day, count(*) FROM (SELECT day, sku FROM silver.sales) s GROUP BY ALL",
      "silver.sales.day"
    ),
    (
      "SELECT s.day, p.category FROM silver.sales s LEFT JOIN silver.products p ON p.sku = s.sku",
      "silver.sales.day silver.products.-"
    ),
    (
      "SELECT a.day FROM silver.sales a JOIN silver.sales b ON a.day = b.day AND a.id = b.id",
      "silver.sales.day silver.sales.day"
    ),
    (
      "SELECT b.opened AS day FROM silver.sales a LEFT JOIN silver.stores b ON a.day = b.opened",
      "silver.sales.- silver.stores.-"
    ),
    (
      "SELECT day FROM silver.sales s LEFT ANTI JOIN silver.stores t ON t.store_id = s.store_id",
      "silver.sales.day silver.stores.-"
    ),
    (
      "SELECT day FROM silver.sales UNION ALL SELECT opened FROM silver.stores",
      "silver.sales.day silver.stores.opened"
    ),
    (
      "SELECT day, row_number() OVER (PARTITION BY day, sku ORDER BY id) AS n FROM silver.sales",
      "silver.sales.day"
    ),
    (
      "SELECT day, row_number() OVER (PARTITION BY sku ORDER BY id) AS n FROM silver.sales",
      "silver.sales.-"
    ),
    ("SELECT CAST(at AS DATE) AS day FROM silver.sales", "silver.sales.-"),
    ("SELECT max(day) AS day FROM silver.sales", "silver.sales.-"),
    ("SELECT day FROM silver.sales ORDER BY id LIMIT 5", "silver.sales.-"),
    ("SELECT day, count(*) FROM silver.sales GROUP BY ROLLUP(day)", "silver.sales.-"),
  ])
  func `a partition of the output is traced to the scans`(
    _ text: String, _ expected: String
  ) throws {
    let analysis = PartitionAnalysis(of: try Planning.bind(text), column: 0)
    let found = analysis.alignments.map { "\($0.table).\($0.column ?? "-")" }
    #expect(found.joined(separator: " ") == expected)
  }

  @Test func `a restriction reaches the aligned scans`() throws {
    let plan = try Planning.bind(
      "SELECT day, store_id, sum(amount) AS total FROM silver.sales GROUP BY day, store_id")
    let days = [Scalar.date(CivilDate(dayNumber: 10)), .null]
    let restricted = plan.restricted(toColumn: 0, in: days)
    let text = Optimizer(clock: Planning.clock).optimize(restricted).text
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
    let starts = ["project ", "aggregat", "filter (", "scan sil"]
    #expect(lines.map { String($0.prefix(8)) } == starts, "\(text)")
  }

  @Test func `hidden columns travel through row-wise steps`() throws {
    let hidden = [Field("__raw", .string), Field("__line", .bigint)]
    let plan = try Planning.bind(
      """
      WITH x AS (SELECT e.*, l.n FROM STREAM(bronze.events) e
                 LATERAL VIEW OUTER posexplode(e.lines) l AS n, line WHERE e.id <> '')
      SELECT x.id, n + 1 AS n, u.x FROM x LEFT JOIN u ON u.x = x.id
      """)
    let carried = try #require(plan.carrying(hidden: hidden))
    #expect(carried.positions == [3, 4])
    #expect(carried.plan.schema.names == ["id", "n", "x", "__raw", "__line"])
    #expect(Array(carried.plan.schema.names.prefix(3)) == plan.schema.names)
    let optimized = Optimizer(clock: Planning.clock).optimize(carried.plan)
    #expect(optimized.schema.names == carried.plan.schema.names)
    #expect(optimized.text.contains("__raw, __line)"))
    let grouped = try Planning.bind("SELECT count(*) FROM bronze.events")
    #expect(grouped.carrying(hidden: hidden) == nil)
  }

  @Test(arguments: [
    ("SELECT a FROM t LIMIT 3", "LIMIT without ORDER BY" as String?),
    ("SELECT a FROM t ORDER BY a LIMIT 3", nil),
    ("SELECT * FROM (SELECT a FROM t LIMIT 3) x ORDER BY a", "LIMIT without ORDER BY"),
    ("SELECT current_timestamp() AS n", nil), ("SELECT count(*) FROM t LIMIT 1", nil),
  ])
  func `what depends on the run is named`(_ text: String, _ cause: String?) throws {
    #expect(try Planning.bind(text).nondeterminism?.cause == cause)
  }

  @Test func `the tables of a statement are found without a catalog`() throws {
    let statements = try SQLScript.parse(
      text: """
        CREATE MATERIALIZED VIEW g AS
        WITH c AS (SELECT * FROM a.one), d AS (SELECT * FROM c JOIN a.two ON true)
        SELECT x, (SELECT max(y) FROM a.three) FROM d, c LATERAL VIEW explode(z) t
        WHERE x IN (SELECT k FROM four) AND EXISTS (SELECT 1 FROM a.one)
        GROUP BY x HAVING count(*) > (SELECT 1 FROM a.five);
        CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(v) KEYS (k) SEQUENCE BY s;
        """, file: "q.sql")
    #expect(
      statements[0].readTables.map(\.description) == [
        "a.one", "a.two", "a.three", "four", "a.five",
      ])
    #expect(statements[1].readTables.map(\.description) == ["v"])
  }
}
