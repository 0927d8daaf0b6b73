import Columnar
import Core
import Engine
import LakeQuery
import Testing

@Suite struct QueryScriptTests {
  private let context = QueryContext(clock: Clock(now: Timestamp(microseconds: 0)))

  private func results(_ text: String) throws -> [[Scalar]] {
    var results: [[Scalar]] = []
    try QueryScript(text, file: "script.sql").run(over: NamedTables(), context, views: []) {
      var values: [Scalar] = []
      while let batch = try $0.next() { values += batch.columns[0].scalars }
      results.append(values)
      return values.count
    }
    return results
  }

  @Test func `queries run one after the other, and see the views ahead of them`() throws {
    let text = """
      CREATE TEMPORARY VIEW numbers AS SELECT explode(array(3, 1, 2)) AS n;
      SELECT max(n) FROM numbers;
      CREATE TEMPORARY VIEW more AS SELECT n + 1 AS n FROM numbers;
      SELECT n FROM more ORDER BY n;
      """
    #expect(try results(text) == [[.integer(3)], [.integer(2), .integer(3), .integer(4)]])
  }

  @Test func `a mistake in a later query is told before anything runs`() throws {
    var count = 0
    let fault = #expect(throws: Fault.self) {
      try QueryScript("SELECT 1;\nSELECT x;", file: "script.sql")
        .run(over: NamedTables(), context, views: []) { _ in
          count += 1
          return 0
        }
    }
    #expect(fault?.place == Place("script.sql", line: 2, column: 8))
    #expect(count == 0)
  }

  @Test(arguments: ["", "  -- nothing\n", "CREATE SCHEMA x"])
  func `what is no query is refused`(_ text: String) {
    let fault = #expect(throws: Fault.self) { try QueryScript(text, file: "query") }
    #expect(fault?.kind == .usage)
  }

  @Test(arguments: [
    "SELEKT 1", "SELECT nope", "SHOW FUNCTIONS", "SET a = b", "DROP TABLE t",
    "INSERT INTO t SELECT 1",
    "CREATE TABLE t AS SELECT 1", "USE silver", "COPY t TO 'x'",
  ])
  func `a mistake is one of who asks, and no job file is spoken of`(_ text: String) {
    let fault = #expect(throws: Fault.self) { try results(text) }
    #expect(fault?.kind == .usage && fault?.place?.file == "script.sql", "\(text)")
    let words = fault?.description ?? ""
    #expect(!words.contains("job file") && !words.contains("pipeline"), "\(words)")
  }

  @Test func `SHOW and DESCRIBE tell of tables and queries`() throws {
    let schema = Schema([Field("id", .bigint), Field("price", .decimal(precision: 9, scale: 2))])
    let tables = NamedTables([
      BatchTable("silver.sales", schema, []), BatchTable("silver.voids", schema, []),
      BatchTable("gold.sales", schema, []),
    ])
    func texts(_ text: String) throws -> [[String]] {
      var rows: [[String]] = []
      try QueryScript(text, file: "query").run(over: tables, context, views: []) { source in
        while let batch = try source.next() {
          rows += (0..<batch.rowCount).map { row in
            batch.columns.map { $0.isNull(row) ? "-" : $0.sparkText(at: row) }
          }
        }
        return rows.count
      }
      return rows
    }
    #expect(
      try texts("CREATE TEMP VIEW v AS SELECT 1; SHOW TABLES") == [
        ["", "v", "true"], ["gold", "sales", "false"], ["silver", "sales", "false"],
        ["silver", "voids", "false"],
      ])
    #expect(try texts("SHOW TABLES IN silver LIKE 'V*|x'") == [["silver", "voids", "false"]])
    #expect(try texts("show schemas") == [["gold"], ["silver"]])
    #expect(try texts("SHOW COLUMNS IN silver.sales") == [["id"], ["price"]])
    let columns = [["id", "bigint", "-"], ["price", "decimal(9,2)", "-"]]
    #expect(try texts("DESCRIBE TABLE EXTENDED silver.sales") == columns)
    #expect(try texts("DESC silver.sales") == columns)
    #expect(try texts("DESCRIBE SELECT 1 AS a") == [["a", "int", "-"]])
    #expect(try texts("EXPLAIN SELECT 1").count > 0)
  }
}
