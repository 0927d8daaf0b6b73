import Columnar
import Core
import Engine
import TestSupport
import Testing

/// What is read, and what is refused with which words.
@Suite struct ParserTests {
  @Test func `a name ends where its quotes do, whatever combines with a sign of it`() {
    #expect(Identifier.quoted("a`b") == "`a``b`")
    #expect(Identifier.quoted("a`\u{301};b") == "`a``\u{301};b`")
  }

  @Test(arguments: [
    "SELECT 1",
    "select a, b as c, `odd name` from t where x = 1 and not y or z is not null",
    "SELECT * EXCEPT (a, b), t.* FROM s.t AS t",
    "SELECT count(*), count(DISTINCT a, b), sum(x) FILTER (WHERE x > 0) FROM t GROUP BY ALL",
    "SELECT a FROM t GROUP BY 1, ROLLUP(b, c), GROUPING SETS ((a), (a, b), ()) HAVING sum(x) > 1",
    "SELECT a, b FROM t GROUP BY a, b WITH CUBE",
    "SELECT row_number() OVER (PARTITION BY a ORDER BY b DESC NULLS LAST) FROM t QUALIFY 1 = 1",
    "SELECT sum(x) OVER w FROM t WINDOW w AS (ORDER BY d ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)",
    "SELECT lag(x, 1, 0) IGNORE NULLS OVER (ORDER BY y) FROM t",
    "SELECT max(x) OVER () FROM t",
    "SELECT * FROM a JOIN b ON a.x = b.x LEFT OUTER JOIN c USING (y, z) CROSS JOIN d, e",
    "SELECT * FROM a LEFT SEMI JOIN b ON a.x = b.x ANTI JOIN c ON a.x = c.x NATURAL JOIN d",
    "SELECT * FROM (a JOIN b ON true) JOIN (SELECT 1 AS x) s ON s.x = a.x",
    "SELECT e.id, l.x.sku FROM STREAM(b.e) AS e LATERAL VIEW OUTER posexplode(e.ls) l AS n, x",
    "SELECT * FROM STREAM b.e LATERAL VIEW explode(x) t LATERAL VIEW inline(y) u AS (p, q)",
    "SELECT * FROM b AS e, LATERAL inline(e.lines) AS l(sku, qty)",
    "SELECT id, posexplode_outer(lines) AS (pos, l) FROM b",
    "WITH a AS (SELECT 1), b (x, y) AS (SELECT 2, 3) SELECT * FROM a, b",
    "(SELECT 1) UNION ALL (SELECT 2) EXCEPT SELECT 3 INTERSECT ALL SELECT 4 ORDER BY 1 LIMIT 2",
    "SELECT 1 OFFSET 1",
    "SELECT * FROM ((SELECT 1) UNION (SELECT 2)) AS u",
    "SELECT (SELECT max(x) FROM t) + 1, EXISTS (SELECT 1 FROM t), x IN (SELECT y FROM t) FROM u",
    "SELECT ((SELECT 1) UNION (SELECT 2))",
    "SELECT CASE x WHEN 1 THEN 'a' ELSE 'b' END, CASE WHEN a THEN b END",
    "SELECT x::int, CAST(x AS DECIMAL(12, 2)), TRY_CAST(y AS ARRAY<STRUCT<a: INT, b STRING>>)",
    "SELECT x BETWEEN 1 AND 2 AND y NOT BETWEEN 3 AND 4, x NOT IN (1), a NOT LIKE 'x%' ESCAPE '!'",
    "SELECT a LIKE ANY ('x', 'y'), a NOT ILIKE ALL ('x'), a RLIKE '^x', a IS NOT DISTINCT FROM b",
    "SELECT a <=> b, a <> b, a != b, a == b, -a * +b % c div d || e, ~a & b | c ^ d",
    "SELECT DATE'2025-01-02', TIMESTAMP '2025-01-02 03:04:05', X'1F', r'a\\d', 'a''b', \"it's\"",
    "SELECT INTERVAL 1 DAY 2 HOURS, INTERVAL '1' MONTH, INTERVAL '3 days', d - INTERVAL 1 YEAR",
    "SELECT EXTRACT(YEAR FROM d), trim(BOTH 'x' FROM s), substring(s FROM 1 FOR 2)",
    "SELECT position('a' IN s)",
    "SELECT a[0].b.c[1], m['k'], f(x).y, struct(a AS b, c).b, (a, b)",
    "SELECT transform(a, x -> x + 1), aggregate(a, 0, (s, x) -> s + x)",
    "SELECT * FROM VALUES (1, 'a'), (2, 'b') AS t(x, y)",
    "VALUES (1), (2)",
    "SELECT * FROM t VERSION AS OF 3",
    "SELECT * FROM t TIMESTAMP AS OF '2025-01-01' AS u",
    "SELECT * FROM delta.`/lake/silver/x` d, parquet.`f.parquet`",
    "SELECT a FROM t ORDER BY ALL DESC",
    "SELECT current_date, CURRENT_TIMESTAMP(), if(a, b, c), left(s, 2), first(x IGNORE NULLS)",
    "SELECT timestampdiff(DAY, a, b), `current_date`, date('2025-01-01'), year, day FROM t",
    "SELECT a.`b c`.d, 3000000000, 1.5BD, 1e2, 1.5D, 10L, .5, 5. /* comment /* nested */ */ -- end",
    "CREATE SCHEMA IF NOT EXISTS bronze COMMENT 'raw' LOCATION '../lake/bronze'",
    "CREATE TEMP VIEW v (a COMMENT 'x', b) AS SELECT 1, 2",
    "MSCK REPAIR TABLE bronze.sales_events",
    "EXPLAIN SELECT 1", "EXPLAIN FORMATTED (SELECT 1)",
    "EXPLAIN EXTENDED WITH a AS (SELECT 1) TABLE a",
    ";;SELECT 1;;",
  ])
  func `reads`(_ text: String) throws {
    _ = try SQLScript.parse(text: text, file: "q.sql")
  }

  @Test(arguments: [
    ("SELECT FROM t", "q.sql:1:8: found 'FROM' where an expression was expected"),
    ("SELECT a\n  FROM t\n WHERE", "q.sql:3:7: found the end of the text where an expression"),
    ("SELEC 1", "q.sql:1:1: found 'SELEC' where a statement was expected; did you mean 'SELECT'?"),
    ("SELECT 'äö', 'x", "q.sql:1:14: a string does not end; close it with '"),
    ("SELECT a ? b", "q.sql:1:10: found '?' where"),
    ("SELECT CAST(a AS STRNG)", "did you mean 'STRING'?"),
    ("SELECT 1 2", "found '2' where ';' or the end of the statement was expected"),
    ("CREATE OR REFRESH STREAMING TABLE t AS SELECT 1", "write CREATE STREAMING TABLE"),
    ("CREATE OR REPLACE MATERIALIZED VIEW t AS SELECT 1", "leave it out"),
    ("CREATE STREAMING LIVE TABLE t AS SELECT 1", "write CREATE STREAMING TABLE"),
    ("SELECT * FROM LIVE.t", "write 't'"),
    ("CREATE LIVE TABLE t AS SELECT 1", "LIVE"),
    (
      """
      CREATE MATERIALIZED VIEW t (CONSTRAINT pos EXPECT (a > 0) ON VIOLATION FAIL UPDATE)
      AS SELECT 1
      """,
      "write TBLPROPERTIES ('expect.pos' = \"a > 0 ON VIOLATION FAIL\")"
    ),
    ("CREATE MATERIALIZED VIEW t LOCATION '/x' AS SELECT 1", "LOCATION on a dataset"),
    ("APPLY CHANGES INTO t FROM s KEYS (a)", "AUTO CDC INTO"),
    ("AUTO CDC INTO t FROM s KEYS (a)", "CREATE FLOW name AS AUTO CDC INTO"),
    ("CREATE FLOW f AS INSERT INTO ONCE t BY NAME SELECT 1", "ONCE"),
    ("CREATE FLOW f AS INSERT INTO t SELECT 1", "write INSERT INTO t BY NAME query"),
    ("CREATE FLOW f AS AUTO CDC INTO t FROM s KEYS (a) SEQUENCE BY b", "write FROM STREAM(s)"),
    ("CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (a)", "SEQUENCE BY"),
    (
      "CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (a) APPLY AS TRUNCATE WHEN x",
      "APPLY AS TRUNCATE"
    ),
    ("SELECT * FROM read_files('/x')", "declare the files in setup.sql"),
    ("SELECT * FROM STREAM read_files('/x')", "declare the files in setup.sql"),
    ("SET a = b", "spark-pipeline.yml"),
    (
      "EXPLAIN COST SELECT 1", "q.sql:1:9: EXPLAIN COST is not supported; write EXPLAIN, or EXPLAIN"
    ),
    ("EXPLAIN CREATE SCHEMA s", "q.sql:1:9: found 'CREATE' where a query to explain was expected"),
    ("USE silver", "write schema.table in full"),
    ("SELECT v:a.b", "VARIANT"),
    ("SELECT CAST(a AS TIMESTAMP_NTZ)", "use TIMESTAMP"),
    ("SELECT CAST(a AS DECIMAL(39, 2))", "no DECIMAL has 39 digits"),
    ("SELECT a UNION BY NAME SELECT b", "UNION BY NAME"),
    ("WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r", "recursive"),
    ("SELECT 9999999999999999999999999999999999999999", "does not fit"),
  ])
  func `refuses, with place and remedy`(_ text: String, _ words: String) {
    #expect {
      _ = try SQLScript.parse(text: text, file: "q.sql")
    } throws: { error in
      guard let fault = error as? Fault, fault.kind == .configuration else { return false }
      return fault.place?.line != nil && fault.place?.column != nil && !fault.remedy.isEmpty
        && fault.description.contains(words)
    }
  }

  @Test func `a job file's statements keep their clauses`() throws {
    let statements = try SQLScript.parse(
      text: """
        -- a comment
        CREATE STREAMING TABLE silver.lines
        COMMENT 'one row a line'
        TBLPROPERTIES ('partition.by' = 'business_date', 'expect.q' = "q > 0 ON VIOLATION FAIL");

        CREATE FLOW lines_flow AS AUTO CDC INTO silver.lines
        FROM STREAM(lines) KEYS (id, line_no) APPLY AS DELETE WHEN op = 'd' SEQUENCE BY time
        COLUMNS * EXCEPT (op) STORED AS SCD TYPE 2 TRACK HISTORY ON (a, b);
        """, file: "lines.sql")
    try #require(statements.count == 2)
    guard case .streamingTable(let table) = statements[0].kind,
      case .flow(let flow) = statements[1].kind, case .autoCDC(let cdc) = flow.body
    else {
      Issue.record("wrong kinds of statements")
      return
    }
    #expect(statements[0].place == Place("lines.sql", line: 2, column: 1))
    #expect(table.name == TableName(["silver", "lines"]))
    #expect(table.comment == "one row a line")
    #expect(table.properties.map(\.key) == ["partition.by", "expect.q"])
    #expect(table.properties[1].value == "q > 0 ON VIOLATION FAIL")
    #expect(flow.target.description == "silver.lines")
    #expect(cdc.keys == ["id", "line_no"])
    #expect(cdc.deleteCondition?.text == "op = 'd'")
    #expect(cdc.sequence.text == "time")
    #expect(cdc.columns == .except(["op"]))
    #expect(cdc.historyType == 2)
    #expect(cdc.trackedColumns == .only(["a", "b"]))
  }

  @Test func `a table's contract keeps its columns and types`() throws {
    let statements = try SQLScript.parse(
      text: """
        CREATE TABLE IF NOT EXISTS bronze.sales (
          id STRING NOT NULL COMMENT 'key', amount DECIMAL(12,2),
          lines ARRAY<STRUCT<sku: STRING, qty: INT>>, tags MAP<STRING, ARRAY<INT>>, day DATE
        ) USING json OPTIONS (multiLine 'true', mode = 'PERMISSIVE') PARTITIONED BY (day)
        LOCATION 'pos/events'
        """, file: "setup.sql")
    guard case .table(let table) = statements.first?.kind else {
      Issue.record("not a table")
      return
    }
    #expect(table.format == "json" && table.location == "pos/events")
    #expect(table.partitionedBy == ["day"])
    #expect(table.options.map(\.key) == ["multiLine", "mode"])
    #expect(
      table.columns.map(\.field.type.sql) == [
        "STRING", "DECIMAL(12,2)", "ARRAY<STRUCT<sku: STRING, qty: INT>>",
        "MAP<STRING, ARRAY<INT>>", "DATE",
      ])
    #expect(!table.columns[0].field.isNullable && table.columns[0].comment == "key")
  }

  @Test(arguments: [
    ("10", "INT"), ("3000000000", "BIGINT"), ("1.5", "DECIMAL(2,1)"), ("1e2", "DOUBLE"),
    ("1.5D", "DOUBLE"), ("1.50BD", "DECIMAL(3,2)"), ("10L", "BIGINT"), ("1S", "SMALLINT"),
    ("99999999999999999999", "DECIMAL(20,0)"), ("-2147483648", "INT"), (".05", "DECIMAL(2,2)"),
    ("0.1F", "FLOAT"), ("-9223372036854775808", "BIGINT"),
  ])
  func `numbers have the types Spark gives them`(_ text: String, _ type: String) throws {
    let syntax = try SQLScript.parseExpression(text: text, file: "e")
    guard case .literal(_, let literalType) = syntax.kind else {
      Issue.record("not a literal")
      return
    }
    #expect(literalType.sql == type)
  }

  @Test func `an expression within a file has places of that file`() {
    #expect {
      _ = try SQLScript.parseExpression(
        text: "a >\n )", file: "t.sql", origin: Place("t.sql", line: 7, column: 20))
    } throws: { error in
      (error as? Fault)?.place == Place("t.sql", line: 8, column: 2)
    }
  }

  @Test func `deep nesting is refused, not a crash`() {
    let text = String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000)
    #expect(throws: Fault.self) {
      _ = try SQLScript.parse(text: "SELECT " + text, file: "deep.sql")
    }
  }

  @Test(arguments: JobFiles.all)
  func `every job file is read`(_ path: String) throws {
    let text = String(decoding: try LocalFileSystem().read(path), as: UTF8.self)
    #expect(try !SQLScript.parse(text: text, file: path).isEmpty)
  }

  @Test(.shared("DIALECT.md")) func `every sample of the dialect's description is read`() throws {
    let text = String(
      decoding: try LocalFileSystem().read(Shared.path("DIALECT.md")), as: UTF8.self)
    let parts = text.split(separator: "```", omittingEmptySubsequences: false)
    let samples = parts.filter { $0.hasPrefix("sql\n") }.map { String($0.dropFirst(4)) }
    #expect(!samples.isEmpty)
    for sample in samples { _ = try SQLScript.parse(text: sample, file: "DIALECT.md") }
  }
}

/// The SQL files under jobs/.
enum JobFiles {
  static let all: [String] = files(under: "jobs")

  private static func files(under path: String) -> [String] {
    let system = LocalFileSystem()
    guard let status = try? system.status(of: path) else { return [] }
    guard status.isDirectory else { return path.hasSuffix(".sql") ? [path] : [] }
    return ((try? system.list(path)) ?? []).flatMap { files(under: "\(path)/\($0)") }
  }
}
