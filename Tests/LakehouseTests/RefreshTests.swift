import Bronze
import Columnar
import Core
import Delta
import Engine
import Governance
import Ingest
import LakeJobs
import LakeQuery
import Lakehouse
import Refresh
import TableKeys
import TestSupport
import Testing

/// Views over tables that change at random: what a refresh leaves is what the view's query gives,
/// and only the partitions that a change can touch are made anew.
@Suite struct RefreshTests {
  private static let views: [(name: String, query: String)] = [
    (
      "daily",
      """
      SELECT l.day, l.store, count(DISTINCT l.id) AS receipts, sum(l.amount) AS net
      FROM silver.lines l
      LEFT ANTI JOIN silver.voids v ON v.id = l.id AND v.store = l.store
      GROUP BY l.day, l.store
      """
    ),
    (
      "priced",
      """
      SELECT l.day, l.id, p.category, l.amount * p.price AS worth FROM silver.lines l
      LEFT JOIN silver.products p ON p.sku = l.sku
      """
    ),
    (
      "categories",
      """
      SELECT g.day, g.category, sum(g.worth) AS worth FROM gold.priced g
      WHERE g.category IS NOT NULL GROUP BY g.day, g.category
      """
    ),
  ]

  private let folder = Workdir()
  private let lake: Lake
  private let clock = Clock(now: Timestamp(microseconds: 1_772_344_800_000_000))

  init() throws {
    lake = Lake(
      root: folder.file("lake"), fileSystem: LocalFileSystem(), clock: clock,
      runID: RunID(naming: "refresh"))
    try folder.write(
      "jobs/spark-pipeline.yml", "name: refresh\nlibraries:\n  - glob: {include: gold/**}\n")
    try folder.write("jobs/setup.sql", "CREATE SCHEMA IF NOT EXISTS gold;\n")
    for (name, query) in Self.views {
      try folder.write(
        "jobs/gold/\(name).sql",
        """
        CREATE MATERIALIZED VIEW gold.\(name) TBLPROPERTIES ('partition.by' = 'day') AS
        \(query);
        """)
    }
  }

  private var context: QueryContext {
    QueryContext(clock: clock, threadCount: 2, spillDirectory: folder.path)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `a refreshed view is what its query gives`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let shop = RandomShop(lake, clock)
    try shop.open(&random)
    _ = try refresh()
    for step in 0..<12 {
      let change = try shop.change(&random)
      _ = try refresh()
      for (name, query) in Self.views {
        #expect(
          try rows("SELECT * FROM gold.\(name)") == rows(query),
          "seed \(seed), step \(step), \(change), gold.\(name)")
      }
    }
  }

  @Test func `a void refreshes the days of its receipt only`() throws {
    let shop = RandomShop(lake, clock)
    try shop.write("lines", ["1|a|s|x|5", "2|b|s|x|6", "2|c|s|y|7", "3|d|t|y|8"])
    try shop.write("voids", ["d|s"])
    try shop.write("products", ["x|fruit|2", "y|tea|3"])
    _ = try refresh()
    try shop.append("voids", ["b|s", "zz|s"])
    #expect(try refresh()["daily"] == ["day=2"])
    try shop.append("voids", ["a|t"])
    #expect(try refresh()["daily"] == [])
    // The price of tea: nothing but the days on which tea was sold.
    try shop.write("products", ["x|fruit|2", "y|tea|4"])
    let told = try refresh()
    #expect(told["priced"] == ["day=2", "day=3"])
    #expect(told["categories"] == ["day=2", "day=3"])
    #expect(try rows("SELECT * FROM gold.daily") == ["1|s|1|5", "2|s|1|7", "3|t|1|8"])
  }

  @Test func `rows that a view sets aside are there once, however often it is refreshed`() throws {
    try folder.write(
      "jobs/gold/judged.sql",
      """
      CREATE MATERIALIZED VIEW gold.judged TBLPROPERTIES ('partition.by' = 'day',
        'expect.cheap' = 'amount < 100 ON VIOLATION QUARANTINE') AS
      SELECT day, id, amount FROM silver.lines;
      """)
    let shop = RandomShop(lake, clock)
    try shop.write("lines", ["1|a|s|x|5", "1|b|s|x|500", "2|c|s|y|7", "2|d|t|y|800"])
    try shop.write("voids", ["d|s"])
    try shop.write("products", ["x|fruit|2"])
    _ = try refresh()
    try shop.append("lines", ["2|e|s|y|9", "3|f|s|y|900"])
    _ = try refresh()
    #expect(try rows("SELECT id FROM gold.judged") == ["a", "c", "e"])
    #expect(
      try rows("SELECT get_json_object(raw, '$.id') FROM quarantine.judged") == ["b", "d", "f"])
  }

  /// The partitions each view was refreshed in.
  private func refresh() throws -> [String: [String]] {
    let workspace = try Workspace(lake: lake, jobsFolder: folder.file("jobs"))
    let layer = LayerRun(workspace, schema: "gold", context: context, isFullRefresh: false)
    var partitions: [String: [String]] = [:]
    for dataset in try layer.choice.datasets(named: []) {
      try layer.refresh(dataset) { partitions[$0.table.name] = $0.change.partitions }
    }
    return partitions
  }

  private func rows(_ sql: String) throws -> [String] {
    let workspace = try Workspace(lake: lake, jobsFolder: folder.file("jobs"))
    let runner = QueryRunner(
      catalog: LakeCatalog(lake: lake, jobs: workspace.jobs), context: context)
    let table = try runner.table(sql, name: "query")
    return table.batches.flatMap { batch in
      (0..<batch.rowCount).map { row in
        batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) }
          .joined(separator: "|")
      }
    }.sorted()
  }
}

/// The silver tables of a small shop.
private struct RandomShop {
  private static let columns = [
    "lines": "day INT, id STRING, store STRING, sku STRING, amount INT",
    "voids": "id STRING, store STRING", "products": "sku STRING, category STRING, price INT",
  ]

  private let lake: Lake
  private let clock: Clock

  init(_ lake: Lake, _ clock: Clock) {
    self.lake = lake
    self.clock = clock
  }

  func open(_ random: inout SeededRandom) throws {
    try write("lines", (0..<80).map { _ in line(Int.random(in: 0..<9, using: &random), &random) })
    try write("voids", (0..<5).map { _ in void(&random) })
    try write("products", (1..<12).map { "s\($0)|c\($0 % 4)|\($0)" })
  }

  /// One change of one or two tables; what it was.
  func change(_ random: inout SeededRandom) throws -> String {
    let kind = Int.random(in: 0..<7, using: &random)
    switch kind {
    case 0:
      try append(
        "lines", (0..<3).map { _ in line(Int.random(in: 0..<11, using: &random), &random) })
    case 1:
      let day = Int.random(in: 0..<9, using: &random)
      try replace("lines", (0..<4).map { _ in line(day, &random) })
    case 2: try append("voids", (0..<2).map { _ in void(&random) })
    case 3:
      try append("voids", [void(&random)])
      try append("lines", [line(Int.random(in: 0..<11, using: &random), &random)])
    case 4: try write("voids", (0..<6).map { _ in void(&random) })
    case 5: try append("products", ["s\(Int.random(in: 0..<20, using: &random))|c9|7"])
    default:
      let dear = Int.random(in: 1..<12, using: &random)
      try write("products", (1..<12).map { "s\($0)|c\($0 % 4)|\($0 == dear ? 99 : $0)" })
    }
    return "change \(kind)"
  }

  func write(_ name: String, _ rows: [String]) throws {
    let source = try source(name, rows)
    try update(name) { change in
      if change.snapshot != nil {
        try change.overwriteAll(source)
        return
      }
      try change.create(
        TableDefinition(
          schema: source.schema, partitionColumns: name == "lines" ? ["day"] : []))
      try change.append(source)
    }
  }

  func append(_ name: String, _ rows: [String]) throws {
    let source = try source(name, rows)
    try update(name) { try $0.append(source) }
  }

  func replace(_ name: String, _ rows: [String]) throws {
    let source = try source(name, rows)
    try update(name) { try $0.overwritePartitions(source) }
  }

  private func update(_ name: String, _ change: (inout Transaction) throws -> Void) throws {
    let context = CommitContext(
      engine: "test", operation: "WRITE", parameters: [], runID: "r", clock: clock)
    let table = Table(
      lake.folder(of: LakeTableName(schema: "silver", name: name)), lake.fileSystem)
    try table.update(context, change)
  }

  private func source(_ name: String, _ rows: [String]) throws -> BatchList {
    let schema = Schema(
      try SQLScript.parseSchema(text: Self.columns[name] ?? "", file: "table"))
    let texts = rows.map { $0.split(separator: "|") }
    let columns = try schema.fields.enumerated().map { index, field in
      let builder = ColumnBuilder(.string)
      for row in texts { builder.append(.string(String(row[index]))) }
      return try builder.finish().cast(to: field.type, isTry: false)
    }
    return BatchList(schema, [Batch(schema, columns, rowCount: rows.count)])
  }

  private func line(_ day: Int, _ random: inout SeededRandom) -> String {
    let id = Int.random(in: 0..<30, using: &random)
    let sku = Int.random(in: 0..<15, using: &random)
    return "\(day)|r\(id)|t\(id % 3)|s\(sku)|\(Int.random(in: 1..<9, using: &random))"
  }

  private func void(_ random: inout SeededRandom) -> String {
    let id = Int.random(in: 0..<40, using: &random)
    return "r\(id)|t\(id % 3)"
  }
}
