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
    #expect(fault?.kind == .configuration)
  }
}
