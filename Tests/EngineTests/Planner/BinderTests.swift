import Columnar
import Core
import Engine
import TestSupport
import Testing

/// Names, types and shapes that the binder gives, and what it refuses.
@Suite struct BinderTests {
  @Test(arguments: [
    ("SELECT 1, 'a' AS x, NULL AS n", "1 INT NOT NULL, x STRING NOT NULL, n VOID"),
    ("SELECT a, t.b, S FROM t", "a INT, b BIGINT, S STRING"),
    ("SELECT * EXCEPT (c, s, f) FROM t", "a INT, b BIGINT, d DECIMAL(10,2), e DECIMAL(12,4)"),
    (
      "SELECT d + e, d * d, d / d, d / 3, d * 2 FROM t",
      """
      (d + e) DECIMAL(13,4), (d * d) DECIMAL(21,4), (d / d) DECIMAL(23,13), (d / 3) DECIMAL(14,6), \
      (d * 2) DECIMAL(12,2)
      """
    ),
    (
      "SELECT sum(a) s, avg(a) v, sum(d) sd, avg(d) ad, count(*) n FROM t",
      """
      s BIGINT, v DOUBLE, sd DECIMAL(20,2), ad DECIMAL(14,6), n BIGINT NOT NULL
      """
    ),
    (
      "SELECT CASE WHEN f THEN a ELSE b END, CASE WHEN f THEN 1 END FROM t",
      """
      CASE WHEN f THEN a ELSE b END BIGINT, CASE WHEN f THEN 1 END INT
      """
    ),
    ("SELECT a + 1 AS z, z * 2 AS y FROM t", "z INT, y INT"),
    ("SELECT count(*), max(x) FROM u", "count(1) BIGINT NOT NULL, max(x) STRING"),
    (
      "SELECT l.sku, l.qty FROM bronze.events LATERAL VIEW explode(lines) v AS l",
      "sku STRING, qty INT"
    ),
    (
      "SELECT pos, col.qty FROM bronze.events LATERAL VIEW OUTER posexplode(lines) v",
      "pos INT, qty INT"
    ),
    ("SELECT id, inline(lines) FROM bronze.events", "id STRING, sku STRING, qty INT"),
    (
      "SELECT k, v FROM bronze.events LATERAL VIEW explode(tags) m AS k, v",
      "k STRING NOT NULL, v INT"
    ),
    (
      "SELECT e.id, l.q FROM bronze.events e, LATERAL inline(e.lines) AS l(s, q)",
      "id STRING, q INT"
    ),
    (
      "SELECT a, row_number() OVER (ORDER BY a) AS n, lag(b) OVER (ORDER BY a) AS p FROM t",
      "a INT, n INT NOT NULL, p BIGINT"
    ),
    ("SELECT t.a, u.x FROM t LEFT JOIN u USING (a)", "a INT, x STRING"),
    (
      "SELECT * FROM u AS p FULL JOIN u AS q USING (a, x)",
      """
      a INT, x STRING, y DATE, z TIMESTAMP, y DATE, z TIMESTAMP
      """
    ),
    ("SELECT a FROM t UNION ALL SELECT b FROM t", "a BIGINT"),
    ("SELECT a, s FROM t UNION SELECT 1.5, 'x'", "a DECIMAL(11,1), s STRING"),
    (
      "SELECT y + 1, y - INTERVAL 1 MONTH, z + INTERVAL 2 HOURS AS h FROM u",
      """
      (y + 1) DATE, (y - INTERVAL 1 MONTH) DATE, h TIMESTAMP
      """
    ),
    (
      "SELECT CAST(s AS DECIMAL(12,2)), s::int AS i, try_cast(s AS DATE) FROM t",
      "s DECIMAL(12,2), i INT, s DATE"
    ),
    (
      "SELECT coalesce(a, 0) AS k, nvl(s, 'x') AS v, if(f, 1, 2) AS w FROM t",
      "k INT NOT NULL, v STRING NOT NULL, w INT NOT NULL"
    ),
    ("SELECT struct(a, s AS q).q, named_struct('x', a).x FROM t", "q STRING, x INT"),
    ("VALUES (1, 'a'), (2, NULL)", "col1 INT NOT NULL, col2 STRING"),
    ("SELECT * FROM VALUES (1, 2.5) AS v(p, q)", "p INT NOT NULL, q DECIMAL(2,1) NOT NULL"),
    ("WITH x AS (SELECT a FROM t), y (k) AS (SELECT a + 1 FROM x) SELECT * FROM y", "k INT"),
    ("SELECT (SELECT max(a) FROM u) AS m, a IN (SELECT a FROM u) AS i FROM t", "m INT, i BOOLEAN"),
    ("SELECT sum(a) AS a FROM t HAVING a > 1 ORDER BY sum(t.a), a", "a BIGINT"),
    ("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM (SELECT * FROM u WHERE u.a = t.a) x)", "a INT"),
    ("SELECT count(t.*) AS n FROM u AS t", "n BIGINT NOT NULL"),
    ("SELECT concat_ws(',', *) AS c FROM u AS t", "c STRING"),
    ("SELECT id FROM range(3)", "id BIGINT NOT NULL"),
    ("SELECT date('2025-01-01') AS d, int('3') AS i", "d DATE NOT NULL, i INT NOT NULL"),
  ])
  func `types and names columns`(_ text: String, _ columns: String) throws {
    #expect(Planning.columns(try Planning.bind(text)) == columns)
  }

  @Test(arguments: [
    (
      "SELECT store_no FROM silver.stores",
      "q.sql:1:8: no column 'store_no' in 'silver.stores'; did you mean 'store_id'?"
    ),
    ("SELECT s.cty FROM silver.stores s", "no column 'cty' in 's'; did you mean 'city'?"),
    ("SELECT 1 FROM silver.store", "no table 'silver.store'; did you mean 'silver.stores'?"),
    ("SELECT summ(a) FROM t", "no function 'summ'; did you mean 'sum'?"),
    ("SELECT a FROM t JOIN u ON t.a = u.a", "'a' may be t.a or u.a"),
    ("SELECT a, sum(b) FROM t", "column 'a' is neither grouped nor aggregated"),
    ("SELECT a FROM t GROUP BY b", "column 'a' is neither grouped nor aggregated"),
    ("SELECT a FROM t WHERE sum(b) > 1", "aggregate 'sum' has no place in WHERE"),
    ("SELECT sum(count(*)) FROM t", "stands inside another aggregate"),
    ("SELECT a FROM t WHERE row_number() OVER (ORDER BY a) = 1", "has no place in WHERE"),
    ("SELECT row_number() OVER () FROM t", "needs an order"),
    ("SELECT row_number() FROM t", "'row_number' needs a window"),
    ("SELECT a FROM t WHERE a", "'a' is INT where a condition is wanted"),
    ("SELECT a FROM t ORDER BY 2", "position 2 is not in the select list"),
    ("SELECT DISTINCT a FROM t ORDER BY b", "what is not in the select list"),
    ("SELECT a FROM t UNION SELECT a, b FROM t", "UNION of 1 and 2 columns"),
    ("SELECT f FROM t UNION SELECT d FROM t", "BOOLEAN on one side, DECIMAL(10,2) on the other"),
    ("SELECT CASE WHEN f THEN f ELSE d END FROM t", "CASE has values of BOOLEAN and DECIMAL(10,2)"),
    ("SELECT f = d FROM t", "cannot compare BOOLEAN with DECIMAL(10,2)"),
    ("SELECT CAST(y AS INT) FROM u", "no cast from DATE to INT"),
    ("SELECT DATE'2025-02-30'", "'2025-02-30' is no DATE"),
    ("SELECT y - y FROM u", "is an interval; use datediff"),
    (
      "SELECT l.nope FROM bronze.events LATERAL VIEW explode(lines) v AS l",
      "no member 'nope' in 'l'"
    ),
    ("SELECT * FROM t LEFT JOIN u", "a LEFT join without ON"),
    ("SELECT explode(lines) + 1 FROM bronze.events", "gives rows, not a value"),
    ("SELECT (SELECT a, b FROM t)", "a subquery of 2 columns"),
    ("SELECT a FROM t LIMIT a", "no column 'a'"),
    ("SELECT a FROM t LIMIT -1", "is no number of rows"),
    ("SELECT x.* FROM t", "no relation 'x' in FROM"),
    ("SELECT *", "'*' without FROM"),
    ("SELECT transform(array(1), x -> x + 1)", "lambdas are not supported"),
    ("SELECT sum(a) OVER w FROM t", "no window 'w'"),
    ("WITH c AS (SELECT 1), c AS (SELECT 2) SELECT * FROM c", "a second common table 'c'"),
    ("WITH c AS (SELECT nope FROM t) SELECT 1", "no column 'nope'"),
    ("SELECT a AS k, b AS k FROM t ORDER BY k", "'k' names 2 columns of the select list"),
    ("SELECT s, grouping(s) FROM t GROUP BY ROLLUP(s)", "'grouping' is not supported"),
    ("SELECT count() FROM t", "write count(*)"),
    ("SELECT '1' + '1'", "'+' of two strings"),
    ("SELECT sum(a) OVER (ORDER BY a, b RANGE 1 PRECEDING) FROM t", "over 2 order keys"),
    ("SELECT sum(a) OVER (ORDER BY a ROWS 1.5 PRECEDING) FROM t", "ROWS by DECIMAL(2,1)"),
    ("SELECT lag(row_number() OVER (ORDER BY a)) OVER (ORDER BY a) FROM t", "inside a window"),
    ("SELECT a FROM t WHERE EXISTS (SELECT sum(t.b) FROM u)", "is not supported"),
    ("SELECT rand()", "'rand': is random"), ("SELECT abs('a', 'b')", "'abs': takes 1 argument"),
    ("SELECT a FROM STREAM(t) ORDER BY a", "ORDER BY over a stream"),
    ("SELECT a FROM STREAM(t) LIMIT 1", "LIMIT over a stream"),
    ("SELECT count(*) FROM STREAM(t)", "GROUP BY or an aggregate over a stream"),
    ("SELECT DISTINCT a FROM STREAM(t)", "DISTINCT over a stream"),
    ("SELECT lag(a) OVER (ORDER BY a) FROM STREAM(t)", "a window function over a stream"),
    ("SELECT t.a FROM STREAM(t) JOIN STREAM(u) ON t.a = u.a", "a join of two streams"),
    ("SELECT t.a FROM u LEFT JOIN STREAM(t) ON t.a = u.a", "put the stream on the side"),
  ])
  func `refuses, with place and remedy`(_ text: String, _ words: String) {
    #expect {
      _ = try Planning.bind(text)
    } throws: { error in
      guard let fault = error as? Fault, fault.kind == .configuration else { return false }
      return fault.place?.column != nil && !fault.remedy.isEmpty
        && fault.description.contains(words)
    }
  }

  @Test func `views are plans by name, and streams stay streams`() throws {
    let views = ["CREATE TEMPORARY VIEW v AS SELECT id, at FROM STREAM(bronze.events)"]
    let plan = try Planning.bind("SELECT id FROM STREAM(v)", views: views)
    #expect(plan.isStreaming)
    #expect(throws: Fault.self) { try Planning.bind("SELECT id FROM v", views: views) }
    let circle = [
      "CREATE TEMPORARY VIEW p AS SELECT * FROM q", "CREATE TEMPORARY VIEW q AS SELECT * FROM p",
    ]
    #expect(throws: Fault.self) { try Planning.bind("SELECT * FROM p", views: circle) }
  }

  @Test(arguments: [
    (
      """
      SELECT a FROM t
      WHERE a IN (SELECT a FROM u) AND NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.b)
      """,
      """
      project a
        anti join on b = cast(a as BIGINT)
          semi join on a = a
            scan t (a, b, c, s, d, e, f)
            project a
              scan u (a, x, y, z)
          scan u (a, x, y, z)
      """
    ),
    (
      "SELECT a FROM t WHERE a NOT IN (SELECT a FROM u)",
      """
      project a
        nullAwareAnti join on a = a
          scan t (a, b, c, s, d, e, f)
          project a
            scan u (a, x, y, z)
      """
    ),
    (
      "SELECT s, sum(a) AS n FROM t GROUP BY s HAVING sum(a) > 1 ORDER BY n DESC",
      """
      sort n desc
        project s, sum_0 as n
          filter (sum_0 > 1)
            aggregate [s] sum(cast(a as BIGINT)) as sum_0
              scan t (a, b, c, s, d, e, f)
      """
    ),
    (
      "SELECT a FROM t QUALIFY row_number() OVER (PARTITION BY s ORDER BY b DESC) = 1",
      """
      project a
        filter (row_number_0 = 1)
          window row_number() over (partition by s order by b desc) as row_number_0
            scan t (a, b, c, s, d, e, f)
      """
    ),
    (
      "SELECT x FROM u ORDER BY y, x",
      """
      project x
        sort order_1, x
          project x, y as order_1
            scan u (a, x, y, z)
      """
    ),
    (
      "SELECT t.a FROM t JOIN u ON t.a = u.a AND u.y > DATE'2025-01-01'",
      """
      project a
        inner join on a = a and (y > 2025-01-01)
          scan t (a, b, c, s, d, e, f)
          scan u (a, x, y, z)
      """
    ),
  ])
  func `builds the plan`(_ text: String, _ plan: String) throws {
    #expect(try Planning.bind(text).text == plan)
  }

  @Test func `a correlated count of nothing is 0`() throws {
    let plan = try Planning.bind(
      "SELECT a, (SELECT count(*) FROM u WHERE u.a = t.a) AS n FROM t")
    #expect(plan.text.contains("case when is_matched is null then 0 else count(1) end as n"))
    #expect(plan.text.contains("aggregate [a] count() as count_0"))
  }

  @Test func `a rule binds over a schema`() throws {
    let schema = try PlanningCatalog.shop.tables["t"] ?? Schema([])
    let binder = Binder(catalog: try PlanningCatalog.shop, clock: Planning.clock)
    let rule = try SQLScript.parseExpression(text: "a > 0 AND s IS NOT NULL", file: "r.sql")
    #expect(try binder.bindCondition(rule, over: schema).type == .boolean)
    let wrong = try SQLScript.parseExpression(text: "amount > 0", file: "r.sql")
    #expect(throws: Fault.self) { try binder.bindCondition(wrong, over: schema) }
  }

  @Test(arguments: [
    ("SELECT a FROM t", FlowTarget.streamingTable, "a query that reads no stream" as String?),
    ("SELECT a FROM STREAM(t)", .materializedView, "a materialized view reads a stream"),
    ("SELECT a FROM t LIMIT 3", .materializedView, "LIMIT without ORDER BY"),
    ("SELECT a FROM STREAM(t)", .streamingTable, nil),
    ("SELECT a FROM t ORDER BY a LIMIT 3", .materializedView, nil),
  ])
  func `a job's query suits what it fills`(
    _ text: String, _ target: FlowTarget, _ words: String?
  ) throws {
    let binder = Binder(catalog: try PlanningCatalog.shop, clock: Planning.clock)
    let query = try SQLScript.parseQuery(text: text, file: "q.sql")
    do {
      _ = try binder.bind(query, filling: target)
      #expect(words == nil)
    } catch let fault as Fault {
      #expect(words.map { fault.description.contains($0) } == true, "\(fault)")
    }
  }
}
