import Columnar
import Core
import Engine
import TestSupport
import Testing

@Suite struct SpillTests {
  /// 20,000 rows: more than a hundred kilobytes hold.
  private static func catalog(_ random: inout SeededRandom) throws -> MemoryCatalog {
    let count = 20_000
    let ids = (0..<count).map { _ in Int32.random(in: 0..<7_000, using: &random) }
    let amounts = (0..<count).map { _ in Int64.random(in: -1_000...1_000, using: &random) }
    let names = ColumnBuilder(.string)
    for id in ids { names.append(id % 97 == 0 ? .null : .string("name \(id % 2_000)")) }
    let columns = [
      Column(.int, count: count, .int32(ids)), names.finish(),
      Column(.decimal(precision: 10, scale: 2), count: count, .int64(amounts)),
    ]
    let schema = Schema([
      Field("id", .int), Field("name", .string),
      Field("amount", .decimal(precision: 10, scale: 2)),
    ])
    let catalog = MemoryCatalog()
    catalog.add("t", Batch(schema, columns, rowCount: count))
    return catalog
  }

  @Test(arguments: [
    "SELECT name, count(*), sum(amount), count(DISTINCT id), min(name) FROM t GROUP BY name",
    "SELECT id, name, max(amount) FROM t GROUP BY GROUPING SETS ((id, name), (name), ())",
    "SELECT a.id, b.amount FROM t a JOIN t b ON a.id = b.id AND a.name = b.name WHERE b.amount > 9",
    "SELECT a.name, b.id FROM t a LEFT JOIN (SELECT * FROM t WHERE id < 2000) b ON a.id = b.id",
    "SELECT a.id, b.id FROM (SELECT id FROM t WHERE id > 3000) a FULL JOIN t b ON a.id = b.id",
    "SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM t u WHERE u.id = t.id AND u.amount > 0)",
    "SELECT id, sum(amount) OVER (PARTITION BY name ORDER BY id) FROM t",
  ])
  func `little memory gives the rows that much memory gives`(_ sql: String) throws {
    var random = SeededRandom(7)
    let catalog = try SpillTests.catalog(&random)
    let much = try QueryRun(catalog).rows(sql).sorted()
    for threadCount in [1, 2] {
      let little = QueryRun(catalog, threadCount: threadCount, memoryLimit: 120_000)
      #expect(try little.rows(sql).sorted() == much, "\(threadCount) threads")
    }
  }

  @Test func `runs on disk are merged into one order`() throws {
    var random = SeededRandom(8)
    let catalog = try SpillTests.catalog(&random)
    let sql = "SELECT name, amount, id FROM t ORDER BY name DESC, amount"
    let much = try QueryRun(catalog, threadCount: 1).rows(sql)
    for threadCount in [1, 2] {
      let little = QueryRun(catalog, threadCount: threadCount, memoryLimit: 120_000)
      #expect(try little.rows(sql) == much)
    }
  }

  @Test func `batches come back from disk as they went`() throws {
    var random = SeededRandom(9)
    let sql = """
      SELECT id, array(id, NULL) AS a, id % 2 = 0 AS b, CAST(amount AS DECIMAL(30,4)) AS d,
        named_struct('n', name, 'x', CAST(id AS DOUBLE)) AS s
      FROM t ORDER BY amount, id, name
      """
    let data = try SpillTests.catalog(&random)
    let little = QueryRun(data, threadCount: 1, memoryLimit: 100_000)
    #expect(try little.rows(sql) == QueryRun(data).rows(sql))
  }

  @Test func `no more is put on disk than the run may, and a fault says so`() throws {
    var random = SeededRandom(9)
    let catalog = try SpillTests.catalog(&random)
    let query = try SQLScript.parseQuery(
      text: "SELECT name, amount, id FROM t ORDER BY name", file: "q.sql")
    let plan = try Binder(catalog: catalog, clock: QueryRun.clock).bind(query)
    func run(spillLimit: Int) throws {
      let context = QueryContext(
        clock: QueryRun.clock, memoryLimit: 1_000_000, threadCount: 2, spillLimit: spillLimit)
      let source = try Executor(context: context).execute(plan)
      while try source.next() != nil {}
    }
    try run(spillLimit: 64 << 20)
    let fault = #expect(throws: Fault.self) { try run(spillLimit: 1_000) }
    #expect(fault?.kind == .io && fault?.remedy.contains("--spill-limit") == true)
  }
}
