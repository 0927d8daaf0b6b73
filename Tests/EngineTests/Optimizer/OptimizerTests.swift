import Columnar
import Core
import Engine
import TestSupport
import Testing

/// Each rewrite, as the plan it makes of a query.
@Suite struct OptimizerTests {
  private func optimized(_ text: String) throws -> String {
    Optimizer(clock: Planning.clock).optimize(try Planning.bind(text)).text
  }

  @Test(arguments: [
    ("SELECT 1 + 2 * 3 AS x", "project 7 as x\n  values 1 rows"),
    (
      "SELECT CAST('12' AS INT) AS x, upper('a') AS u",
      """
      project 12 as x, 'A' as u
        values 1 rows
      """
    ),
    (
      "SELECT CASE WHEN 1 = 2 THEN a ELSE b END AS x FROM t",
      """
      project b as x
        scan t (b)
      """
    ),
    (
      "SELECT a FROM t WHERE a = 1 AND 1 = 1 OR false",
      """
      filter (a = 1)
        scan t (a) where a = 1
      """
    ),
    ("SELECT a FROM t WHERE 1 = 2", "values 0 rows"),
    ("SELECT CAST('x' AS INT) AS x", "project cast('x' as INT) as x\n  values 1 rows"),
    (
      "SELECT CAST(current_date() AS TIMESTAMP) AS d",
      """
      project 2026-01-01T00:00:00Z as d
        values 1 rows
      """
    ),
  ])
  func `constants are computed once, failing ones are left to the rows`(
    _ text: String, _ plan: String
  ) throws {
    #expect(try optimized(text) == plan)
  }

  @Test(arguments: [
    (
      "SELECT x.a FROM (SELECT a, b AS k FROM t) x WHERE x.k > 5",
      """
      project a
        filter (b > 5)
          scan t (a, b) where b > 5
      """
    ),
    (
      "SELECT * FROM (SELECT s, sum(a) AS n FROM t GROUP BY s) g WHERE s = 'x' AND n > 1",
      """
      project s, sum_0 as n
        filter (sum_0 > 1)
          aggregate [s] sum(cast(a as BIGINT)) as sum_0
            filter (s = 'x')
              scan t (a, s) where s = 'x'
      """
    ),
    (
      "SELECT t.s FROM t, u WHERE t.a = u.a AND u.x = 'k'",
      """
      project s
        inner join on a = a
          scan t (a, s)
          filter (x = 'k')
            scan u (a, x) where x = 'k'
      """
    ),
    (
      "SELECT t.s, u.x FROM t LEFT JOIN u ON t.a = u.a AND u.x = 'k' WHERE t.a = 3",
      """
      project s, x
        left join on a = a
          filter (a = 3)
            scan t (a, s) where a = 3
          filter ((x = 'k') and (a = 3))
            scan u (a, x) where x = 'k' and a = 3
      """
    ),
    (
      "SELECT t.s FROM t LEFT JOIN u ON t.a = u.a WHERE u.x = 'k'",
      """
      project s
        filter (x = 'k')
          left join on a = a
            scan t (a, s)
            scan u (a, x)
      """
    ),
    (
      """
      SELECT * FROM (SELECT a, row_number() OVER (PARTITION BY s ORDER BY a) n, s FROM t) w
      WHERE s = 'x' AND n = 1
      """,
      """
      project a, row_number_0 as n, s
        filter (row_number_0 = 1)
          window row_number() over (partition by s order by a) as row_number_0
            filter (s = 'x')
              scan t (a, s) where s = 'x'
      """
    ),
    (
      "SELECT * FROM (SELECT a FROM t UNION ALL SELECT a FROM u) v WHERE a < 9",
      """
      union all
        filter (a < 9)
          scan t (a) where a < 9
        filter (a < 9)
          scan u (a) where a < 9
      """
    ),
  ])
  func `conditions go down to the scans`(_ text: String, _ plan: String) throws {
    #expect(try optimized(text) == plan)
  }

  @Test(arguments: [
    (
      "SELECT t.a FROM t JOIN u ON t.a = u.a WHERE CAST(t.s AS INT) > 1",
      "filter (cast(s as INT)"
    ),
    (
      "SELECT l FROM bronze.events LATERAL VIEW explode(lines) v AS l WHERE CAST(id AS INT) = 1",
      "filter (cast(id as INT)"
    ),
  ])
  func `a condition that can fail stays above what drops rows`(
    _ text: String, _ words: String
  ) throws {
    let lines = try optimized(text).split(separator: "\n")
    let filter = try #require(lines.firstIndex { $0.contains(words) })
    let other = try #require(lines.firstIndex { $0.contains("join") || $0.contains("explode") })
    #expect(filter < other)
  }

  @Test(arguments: [
    (
      "SELECT count(*) AS n FROM silver.sales",
      """
      project count_0 as n
        aggregate [] count() as count_0
          scan silver.sales (line)
      """
    ),
    (
      "SELECT id FROM (SELECT id, upper(note) AS u, price * quantity AS p FROM silver.sales) x",
      """
      scan silver.sales (id)
      """
    ),
    (
      "SELECT l.sku FROM bronze.events e LATERAL VIEW posexplode(e.lines) l AS n, l",
      """
      project l.sku as sku
        posexplode lines as n, l
          scan bronze.events (lines)
      """
    ),
    ("SELECT a FROM (SELECT a, lag(b) OVER (ORDER BY a) AS p FROM t) w", "scan t (a)"),
    (
      "SELECT s.id FROM silver.sales s ANTI JOIN silver.stores t ON t.store_id = s.store_id",
      """
      project id
        anti join on store_id = store_id
          scan silver.sales (id, store_id)
          scan silver.stores (store_id)
      """
    ),
  ])
  func `only the columns that are used are read`(_ text: String, _ plan: String) throws {
    #expect(try optimized(text) == plan)
  }

  @Test(arguments: [
    "SELECT * FROM t", "SELECT s, a FROM t ORDER BY b", "SELECT a, a AS b FROM t WHERE f",
    "SELECT * FROM t JOIN u USING (a)", "SELECT s, count(*) FROM t GROUP BY ROLLUP(s)",
    "SELECT DISTINCT a, s FROM t",
    "SELECT (SELECT max(a) FROM u WHERE u.a = t.a) AS m, s FROM t",
    "SELECT a IN (SELECT a FROM u) OR f AS x FROM t", "SELECT a FROM t INTERSECT SELECT a FROM u",
    "SELECT y, lead(x) OVER (PARTITION BY a ORDER BY z) FROM u LIMIT 3",
  ])
  func `the columns of the result stay as they were`(_ text: String) throws {
    let plan = try Planning.bind(text)
    let result = Optimizer(clock: Planning.clock).optimize(plan)
    #expect(result.schema.names == plan.schema.names)
    #expect(result.schema.fields.map(\.type) == plan.schema.fields.map(\.type))
  }
}
