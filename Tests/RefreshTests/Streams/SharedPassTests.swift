import Core
import Delta
import Ingest
import LakeJobs
import LakeSupport
import Refresh
import Synchronization
import TestSupport
import Testing

/// Tables that take the same files of bronze share one reading of them; what becomes of each table
/// is what its own reading would have made of it.
@Suite struct SharedPassTests {
  private static let setup = """
    CREATE SCHEMA IF NOT EXISTS bronze;
    CREATE TABLE bronze.events (event_id STRING, kind STRING, at STRING, of STRING,
      lines ARRAY<STRUCT<no: STRING, sku: STRING, price: STRING>>) USING json
      LOCATION 'pos/events';
    """

  /// Lines in units, one row a line of some kind, and one that only adds.
  private static let jobs = [
    "silver/a_sold.sql": """
    CREATE TEMPORARY VIEW sold_lines AS
    SELECT e.event_id, l.line.no, l.line.sku, try_cast(l.line.price AS DECIMAL(8,2)) AS price,
      try_cast(e.at AS TIMESTAMP) AS at
    FROM STREAM(bronze.events) AS e LATERAL VIEW explode(e.lines) l AS line
    WHERE e.kind <> 'void';
    CREATE STREAMING TABLE silver.a_sold TBLPROPERTIES ('unit.by' = 'event_id',
      'expect.priced' = 'price IS NOT NULL ON VIOLATION QUARANTINE',
      'expect.dear' = 'price > 1 ON VIOLATION WARN');
    CREATE FLOW sold_flow AS AUTO CDC INTO silver.a_sold FROM STREAM(sold_lines)
    KEYS (event_id, no) SEQUENCE BY at STORED AS SCD TYPE 1;
    """,
    "silver/b_voids.sql": """
    CREATE TEMPORARY VIEW void_events AS
    SELECT event_id, of, try_cast(at AS TIMESTAMP) AS at
    FROM STREAM(bronze.events) WHERE kind = 'void';
    CREATE STREAMING TABLE silver.b_voids TBLPROPERTIES (
      'expect.known' = "of <> '' ON VIOLATION QUARANTINE");
    CREATE FLOW voids_flow AS AUTO CDC INTO silver.b_voids FROM STREAM(void_events)
    KEYS (event_id) SEQUENCE BY at STORED AS SCD TYPE 1;
    """,
    "silver/c_heads.sql": """
    CREATE STREAMING TABLE silver.c_heads TBLPROPERTIES (
      'expect.early' = "at < '2026-02-04' ON VIOLATION QUARANTINE");
    CREATE FLOW heads_flow AS INSERT INTO silver.c_heads BY NAME
    SELECT event_id, kind, at FROM STREAM(bronze.events);
    """,
  ]

  private static let sale =
    #"{"event_id":"s","at":"2026-02-01T09:00:00Z","kind":"sale","#
    + #""lines":[{"no":"1","sku":"s","price":"2"}]}"#

  private static let tables = ["a_sold", "b_voids", "c_heads"]

  private static func events(_ count: Int, using random: inout SeededRandom) -> [String] {
    (0..<count).map { _ in
      let id = Int.random(in: 0..<40, using: &random)
      let day = Int.random(in: 1...4, using: &random)
      let head = #"{"event_id":"e\#(id)","at":"2026-02-0\#(day)T09:00:00Z","#
      if Int.random(in: 0..<4, using: &random) == 0 {
        let of = Int.random(in: 0..<4, using: &random) == 0 ? "" : "e1"
        return head + #""kind":"void","of":"\#(of)"}"#
      }
      let lines = (1...Int.random(in: 1...3, using: &random)).map { number in
        let price = ["0.50", "2", "much"].randomElement(using: &random) ?? ""
        return #"{"no":"\#(number)","sku":"s","price":"\#(price)"}"#
      }
      return head + #""kind":"sale","lines":[\#(lines.joined(separator: ","))]}"#
    }
  }

  private static func take(_ lines: [String], _ name: String, into lake: TestLake) throws {
    let file = try lake.folder.write("\(name).ndjson", lines: lines)
    _ = try lake.eventIngest(into: "events", requiring: ["event_id"], rejectLimit: 0)
      .take([.file(file)])
  }

  /// Brings each table up to date in a run of its own, which shares nothing.
  private static func refreshAlone(
    _ lake: TestLake, _ tables: [String] = tables, isFull: Bool = false,
    _ files: any FileSystem = LocalFileSystem()
  ) throws -> [String] {
    let layer = LayerRun(
      try lake.workspace(files), schema: "silver", context: lake.context(), isFullRefresh: isFull)
    var told: [String] = []
    for dataset in try layer.choice.datasets(named: tables) {
      try layer.refresh(dataset) { told.append(words(of: $0)) }
    }
    return told
  }

  private static func words(of report: CommitReport) -> String {
    let rules = report.rules.map { "\($0.expectation.name) \($0.brokenCount)" }
    return "\(report.table) \(report.version) \(report.change) \(rules) "
      + report.setAside.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined()
  }

  /// All that stands in the tables and in their quarantines, and how far they have come.
  private static func content(of lake: TestLake) throws -> [String] {
    var content: [String] = []
    for table in tables {
      content += try lake.rows("SELECT '\(table)', * FROM silver.\(table)")
      // Where nothing was ever set aside there is no such table.
      content +=
        (try? lake.rows(
          "SELECT '\(table)', raw, rule, source_line, source_row FROM quarantine.\(table)")) ?? []
      let name = try #require(LakeTableName("silver.\(table)"))
      let summary = try #require(try lake.opened().table(name).summary())
      content.append(
        "\(summary.transactionVersion("flow:silver.\(table):\(flow(table)):bronze.events") ?? -1)")
    }
    return content
  }

  private static func flow(_ table: String) -> String { "\(table.dropFirst(2))_flow" }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `each table is what its own reading makes of it`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let shared = try TestLake(setup: Self.setup, jobs: Self.jobs)
    let alone = try TestLake(setup: Self.setup, jobs: Self.jobs)
    for step in 0..<4 {
      let lines = Self.events(Int.random(in: 1...60, using: &random), using: &random)
      for lake in [shared, alone] { try Self.take(lines, "\(step)", into: lake) }
      // What one table took before the others takes it out of their reading.
      let ahead =
        Int.random(in: 0..<3, using: &random) == 0 ? Self.tables.randomElement(using: &random) : nil
      if let ahead {
        for lake in [shared, alone] { _ = try Self.refreshAlone(lake, [ahead]) }
      }
      let isFull = Int.random(in: 0..<4, using: &random) == 0
      let context = shared.context(threadCount: Int.random(in: 1...3, using: &random))
      let told = try shared.refresh(isFull: isFull, context).map(Self.words)
      #expect(try told == Self.refreshAlone(alone, isFull: isFull), "seed \(seed), step \(step)")
      #expect(
        try Self.content(of: shared) == Self.content(of: alone), "seed \(seed), step \(step)")
    }
  }

  /// A file system that counts how often files of bronze are opened.
  private final class OpenedFiles: ForwardingFileSystem, Sendable {
    let files: any FileSystem = LocalFileSystem()
    private let opened = Mutex(0)
    var count: Int { opened.withLock { $0 } }

    func open(_ path: String) throws(Fault) -> any ReadableFile {
      if path.contains("pos/events/ingest_date=") { opened.withLock { $0 += 1 } }
      return try files.open(path)
    }
  }

  /// How often files are opened to take `lines` into all tables in one run.
  private func openCount(_ lines: [String], _ lake: TestLake) throws -> Int {
    try Self.take(lines, "file", into: lake)
    let files = OpenedFiles()
    try lake.refresh(["silver"], isFull: false, nil, files)
    return files.count
  }

  @Test func `a file is read once for all tables`() throws {
    var random = SeededRandom(1)
    let lines = Self.events(50, using: &random)
    let alone = try TestLake(
      setup: Self.setup, jobs: ["silver/a.sql": Self.jobs["silver/a_sold.sql"] ?? ""])
    let all = try TestLake(setup: Self.setup, jobs: Self.jobs)
    let count = try openCount(lines, alone)
    #expect(count > 0)
    #expect(try openCount(lines, all) == count)
  }

  @Test func `rows that are most of their text are read again, and not kept`() throws {
    let text = String(repeating: "long ", count: 240)
    let lines = (0..<9_000).map { number in
      #"{"event_id":"e\#(number)","at":"2026-02-01T09:00:00Z","kind":"sale","of":"\#(text)","#
        + #""lines":[{"no":"1","sku":"s","price":"2"}]}"#
    }
    var jobs = Self.jobs
    jobs["silver/c_heads.sql"] = """
      CREATE STREAMING TABLE silver.c_heads;
      CREATE FLOW heads_flow AS INSERT INTO silver.c_heads BY NAME
      SELECT event_id, kind, at, concat(event_id, of) AS of FROM STREAM(bronze.events);
      """
    let alone = try TestLake(
      setup: Self.setup, jobs: ["silver/a.sql": Self.jobs["silver/a_sold.sql"] ?? ""])
    let all = try TestLake(setup: Self.setup, jobs: jobs)
    let count = try openCount(lines, alone)
    let both = try openCount(lines, all)
    #expect(both == 2 * count)
    #expect(try all.rows("SELECT count(*) FROM silver.c_heads") == ["9000"])
  }

  @Test func `a rule that fails the run of one table fails no other`() throws {
    var jobs = Self.jobs
    jobs["silver/b_voids.sql"] = jobs["silver/b_voids.sql"]?
      .replacing("ON VIOLATION QUARANTINE", with: "ON VIOLATION FAIL")
    let lake = try TestLake(setup: Self.setup, jobs: jobs)
    let void = #"{"event_id":"v","at":"2026-02-01T09:00:00Z","kind":"void","of":""}"#
    let sale = Self.sale
    try Self.take([void, sale], "file", into: lake)
    let fault = #expect(throws: Fault.self) { try lake.refresh() }
    #expect(fault?.kind == .verdict)
    #expect(try lake.rows("SELECT event_id FROM silver.a_sold") == ["s"])
    let name = try #require(LakeTableName("silver.b_voids"))
    #expect(try lake.opened().table(name).summary() == nil)
  }

  @Test func `what another run took between is not taken twice`() throws {
    let lake = try TestLake(setup: Self.setup, jobs: Self.jobs)
    let void = #"{"event_id":"v","at":"2026-02-01T09:00:00Z","kind":"void","of":"x"}"#
    let sale = Self.sale
    try Self.take([void, sale], "first", into: lake)
    let layer = LayerRun(
      try lake.workspace(), schema: "silver", context: lake.context(), isFullRefresh: false)
    let datasets = try layer.choice.datasets(named: [])
    for (number, dataset) in datasets.enumerated() {
      try layer.refresh(dataset, before: datasets.dropFirst(number + 1)) { _ in }
      guard number == 0 else { continue }
      // The rows of these files wait; another run takes them and what came after.
      try Self.take([sale.replacing("\"s\",\"at", with: "\"t\",\"at")], "second", into: lake)
      _ = try Self.refreshAlone(lake, ["c_heads"])
    }
    #expect(try lake.rows("SELECT event_id FROM silver.c_heads") == ["s", "t", "v"])
    #expect(try lake.rows("SELECT event_id FROM silver.b_voids") == ["v"])
  }
}
