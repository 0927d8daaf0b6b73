import Bronze
import Columnar
import Core
import Delta
import Engine
import Ingest
import LakeJobs
import LakeQuery
import Lakehouse
import Refresh
import TableKeys
import TestSupport
import Testing

/// Baskets of items in bronze; a row an item in silver, by an append flow and by AUTO CDC.
@Suite struct QuarantineTests {
  private let folder = Workdir()
  private static let rule = "price IS NOT NULL"

  init() throws {
    try folder.write(
      "jobs/spark-pipeline.yml", "name: q\nlibraries:\n  - glob: {include: silver/**}\n")
    try folder.write(
      "jobs/setup.sql",
      """
      CREATE SCHEMA bronze;
      CREATE TABLE bronze.events (event_id STRING, event_type STRING, event_time STRING,
        items ARRAY<STRUCT<sku: STRING, price: STRING>>) USING json LOCATION 'pos/events';
      CREATE TABLE bronze.others (event_id STRING, event_type STRING, event_time STRING,
        items ARRAY<STRUCT<sku: STRING, price: STRING>>) USING json LOCATION 'pos/others';
      """)
    try writeJobs(parsing: "try_cast(i.item.price AS INT)")
  }

  private func writeJobs(parsing price: String) throws {
    let query = """
      SELECT e.event_id, i.item.sku AS sku, try_cast(e.event_time AS TIMESTAMP) AS at,
        \(price) AS price
      FROM STREAM(bronze.events) AS e LATERAL VIEW posexplode(e.items) i AS pos, item
      """
    let properties = "'expect.priced' = \"\(Self.rule) ON VIOLATION QUARANTINE\""
    try folder.write(
      "jobs/silver/listed.sql",
      """
      CREATE STREAMING TABLE silver.listed TBLPROPERTIES (\(properties));
      CREATE FLOW listed_flow AS INSERT INTO silver.listed BY NAME \(query);
      CREATE FLOW others_flow AS INSERT INTO silver.listed BY NAME
        \(query.replacing("bronze.events", with: "bronze.others"));
      """)
    try folder.write(
      "jobs/silver/keyed.sql",
      """
      CREATE TEMPORARY VIEW priced AS \(query);
      CREATE STREAMING TABLE silver.keyed TBLPROPERTIES (\(properties));
      CREATE FLOW keyed_flow AS AUTO CDC INTO silver.keyed FROM STREAM(priced)
      KEYS (event_id, sku) SEQUENCE BY at STORED AS SCD TYPE 1;
      """)
  }

  // MARK: Running

  private func workspace(_ files: any FileSystem = LocalFileSystem(), run: String = "r") throws
    -> Workspace
  {
    let lake = Lake(
      root: folder.file("lake"), fileSystem: files,
      clock: Clock(now: Timestamp(microseconds: 1_772_344_800_000_000)), runID: RunID(naming: run))
    return try Workspace(lake: lake, jobsFolder: folder.file("jobs"))
  }

  private func ingest(_ lines: String..., into entity: String = "events") throws {
    let workspace = try workspace()
    let contract = try workspace.contract(system: "pos", entity: entity, at: Place("x"))
    let ingest = EventIngest(
      lake: workspace.lake, contract: contract, tool: "t",
      requiredFields: EventIngest.envelope, rejectLimit: 1, threadCount: 2)
    let path = try folder.write(
      "\(entity)-\(lines.hashValue).ndjson", lines.map { $0 + "\n" }.joined())
    _ = try ingest.take([.file(path)])
  }

  private func refresh(
    _ run: String = "r", isFull: Bool = false, _ files: any FileSystem = LocalFileSystem()
  ) throws {
    let workspace = try workspace(files, run: run)
    let layer = LayerRun(
      workspace, schema: "silver",
      context: QueryContext(
        clock: workspace.lake.clock, threadCount: 2, spillDirectory: folder.file("spill")),
      isFullRefresh: isFull)
    for dataset in try layer.choice.datasets(named: []) { try layer.refresh(dataset) { _ in } }
  }

  private func event(_ id: String, _ items: String..., time: String = "2026-03-01T09:00:00Z")
    -> String
  {
    let list = items.enumerated().map { #"{"sku":"s\#($0)","price":"\#($1)"}"# }
    return #"{"event_id":"\#(id)","event_type":"sale","event_time":"\#(time)","items":["#
      + list.joined(separator: ",") + "]}"
  }

  private func rows(_ table: String) throws -> [String] {
    let workspace = try workspace()
    let runner = QueryRunner(
      catalog: LakeCatalog(lake: workspace.lake, jobs: workspace.jobs),
      context: QueryContext(clock: workspace.lake.clock))
    return try runner.table(
      "SELECT concat_ws(' ', event_id, sku, price) AS t FROM \(table)", name: "test"
    ).batches.flatMap { batch in
      (0..<batch.rowCount).map { row in
        if case .string(let text) = batch.scalars(at: row)[0] { text } else { "" }
      }
    }.sorted()
  }

  /// The rows set aside as `line.row rule`, with a star if they were replayed.
  private func setAside(_ table: String) throws -> [String] {
    var found: [String] = []
    try workspace().quarantine(named: table).forEachRow { row, isReplayed in
      found.append("\(row.sourceLine).\(row.sourceRow) \(row.rule)\(isReplayed ? "*" : "")")
    }
    return found.sorted()
  }

  @discardableResult
  private func replay(
    _ table: String, mending: [String: String] = [:],
    _ files: any FileSystem = LocalFileSystem(), run: String = "replay"
  ) throws -> Int {
    let quarantine = try workspace(files, run: run).quarantine(named: table)
    var rows: [ReplayRequest] = []
    try quarantine.forEachRow { row, isReplayed in
      let text = String(decoding: row.raw, as: UTF8.self)
      let mended = mending.first { text.contains($0.key) }.map {
        Array(text.replacing($0.key, with: $0.value).utf8)
      }
      if mending.isEmpty && !isReplayed || mended != nil { rows.append(.init(row, raw: mended)) }
    }
    return try quarantine.replay(
      rows, .init(by: "a person", why: "a test"), tool: "quarantine", threads: 2
    ).count
  }

  // MARK: Tests

  @Test func `once a rule is mended the rows it set aside come, and only these`() throws {
    try ingest(event("a", "1", "2 EUR", "3"), event("b", "4"), event("c", "5 EUR", "6 EUR"))
    try ingest(event("o", "9 EUR"), into: "others")
    try refresh()
    let before = ["a s0 1", "a s2 3", "b s0 4"]
    #expect(try rows("silver.listed") == before)
    #expect(try rows("silver.keyed") == before)
    #expect(try setAside("keyed") == ["1.2 priced", "3.1 priced", "3.2 priced"])
    try writeJobs(parsing: "try_cast(split(i.item.price, ' ')[0] AS INT)")
    #expect(try replay("silver.listed") == 4)
    #expect(try replay("silver.keyed") == 3)
    #expect(try replay("silver.keyed") == 0)
    for (run, isFull) in [("r2", false), ("r3", false), ("r4", true), ("r5", false)] {
      try refresh(run, isFull: isFull)
      let after = (before + ["a s1 2", "c s0 5", "c s1 6"]).sorted()
      #expect(try rows("silver.listed") == (after + ["o s0 9"]).sorted())
      #expect(try rows("silver.keyed") == after)
      let isEmptied = isFull || run == "r5"
      #expect(
        try setAside("keyed")
          == (isEmptied ? [] : ["1.2 priced*", "3.1 priced*", "3.2 priced*"]))
    }
  }

  @Test func `a row that breaks the rule again is set aside again`() throws {
    try ingest(event("a", "1", "bad"))
    try refresh()
    #expect(try replay("listed") == 1)
    try refresh("second")
    #expect(try setAside("listed") == ["1.2 priced", "1.2 priced*"])
    #expect(try rows("silver.listed") == ["a s0 1"])
    #expect(try replay("listed") == 1)
    try refresh("third")
    #expect(try setAside("listed") == ["1.2 priced", "1.2 priced*", "1.2 priced*"])
  }

  @Test func `a mended text comes in the place of the row, and a full refresh keeps it`() throws {
    try ingest(event("a", "1", "bad", "3"))
    try refresh()
    for table in ["listed", "keyed"] { #expect(try replay(table, mending: ["bad": "2"]) == 1) }
    for (run, isFull) in [("r2", false), ("r3", true), ("r4", false), ("r5", true)] {
      try refresh(run, isFull: isFull)
      #expect(try rows("silver.listed") == ["a s0 1", "a s1 2", "a s2 3"], "\(run)")
      #expect(try rows("silver.keyed") == ["a s0 1", "a s1 2", "a s2 3"], "\(run)")
    }
  }

  @Test func `a full refresh takes each replayed row once, by its last text`() throws {
    try ingest(event("a", "1", "2 EUR", "x"), event("b", "y"), event("c", "3 EUR"))
    try refresh()
    // Each row of a line is mended in a text of its own; some are replayed in vain first.
    #expect(try replay("listed") == 4)
    try refresh("r2")
    #expect(try replay("listed", mending: [#""x""#: #""7""#, #""y""#: #""8""#]) == 3)
    try refresh("r3")
    try writeJobs(parsing: "try_cast(split(i.item.price, ' ')[0] AS INT)")
    #expect(try replay("listed") > 0)
    let all = ["a s0 1", "a s1 2", "a s2 7", "b s0 8", "c s0 3"]
    try refresh("r4")
    #expect(try rows("silver.listed") == all)
    for (run, isFull) in [("r5", true), ("r6", false), ("r7", true)] {
      try refresh(run, isFull: isFull)
      #expect(try rows("silver.listed") == all, "\(run)")
    }
  }

  @Test func `each of the flows that read one line has its own row of it replayed`() throws {
    func writeBoth(parsing price: String) throws {
      let flows = ["one", "two"].map { flow in
        """
        CREATE FLOW \(flow) AS INSERT INTO silver.both BY NAME
          SELECT e.event_id, concat('\(flow) ', i.item.sku) AS sku, \(price) AS price
          FROM STREAM(bronze.events) AS e LATERAL VIEW posexplode(e.items) i AS pos, item;
        """
      }
      try folder.write(
        "jobs/silver/both.sql",
        """
        CREATE STREAMING TABLE silver.both
        TBLPROPERTIES ('expect.priced' = "\(Self.rule) ON VIOLATION QUARANTINE");
        \(flows.joined())
        """)
    }
    try writeBoth(parsing: "try_cast(i.item.price AS INT)")
    try ingest(event("a", "1", "2 EUR", "bad"))
    try refresh()
    #expect(try setAside("both") == ["1.2 priced", "1.2 priced", "1.3 priced", "1.3 priced"])
    // One flow's row is mended, then the rule for all of them.
    let quarantine = try workspace().quarantine(named: "both")
    var mended: [ReplayRequest] = []
    try quarantine.forEachRow { row, _ in
      let text = String(decoding: row.raw, as: UTF8.self).replacing("bad", with: "3")
      guard row.flow == "two", row.sourceRow == 3 else { return }
      mended.append(.init(row, raw: Array(text.utf8)))
    }
    let reason = ReplayLog.Reason(by: "a person", why: "a test")
    #expect(try quarantine.replay(mended, reason, tool: "quarantine", threads: 1).count == 1)
    try refresh("r2")
    #expect(try rows("silver.both") == ["a one s0 1", "a two s0 1", "a two s2 3"])
    try writeBoth(parsing: "try_cast(split(i.item.price, ' ')[0] AS INT)")
    #expect(try replay("both") == 3)
    for (run, isFull) in [("r3", false), ("r4", true), ("r5", false)] {
      try refresh(run, isFull: isFull)
      #expect(
        try rows("silver.both")
          == ["a one s0 1", "a one s1 2", "a two s0 1", "a two s1 2", "a two s2 3"], "\(run)")
    }
  }

  @Test func `a full refresh takes every flow from its beginning`() throws {
    try ingest(event("a", "1"))
    try ingest(event("o", "2"), into: "others")
    try refresh()
    try ingest(event("p", "3"), into: "others")
    for run in ["r2", "r3"] {
      try refresh(run, isFull: true)
      #expect(try rows("silver.listed") == ["a s0 1", "o s0 2", "p s0 3"])
      try refresh("\(run)-again")
      #expect(try rows("silver.listed") == ["a s0 1", "o s0 2", "p s0 3"])
    }
  }

  @Test func `lines that did not get in are taken when they are mended`() throws {
    try ingest(event("a", "1"), #"{"event_id":"b","#, event("c", "3"), "torn")
    #expect(try setAside("bronze.events") == ["2.0 valid_json", "4.0 valid_json"])
    let whole = event("b", "2")
    #expect(try replay("events", mending: [#"{"event_id":"b","#: whole]) == 1)
    #expect(try replay("events", mending: [#"{"event_id":"b","#: whole]) == 0)
    #expect(try setAside("events") == ["2.0 valid_json*", "4.0 valid_json"])
    try refresh()
    #expect(try rows("silver.listed") == ["a s0 1", "b s0 2", "c s0 3"])
    #expect(try replay("events") == 1)
    #expect(try setAside("events") == ["2.0 valid_json*", "4.0 valid_json", "4.0 valid_json*"])
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `killed at sampled steps of a replay, each row comes once`(
    mode: FaultyFileSystem.Mode
  ) throws {
    func prepared() throws -> QuarantineTests {
      let one = try QuarantineTests()
      try one.ingest(event("a", "1", "2 EUR"))
      try one.refresh()
      try one.writeJobs(parsing: "try_cast(split(i.item.price, ' ')[0] AS INT)")
      return one
    }
    let counting = FaultyFileSystem()
    let first = try prepared()
    try first.replay("listed", mending: [:], counting)
    try first.refresh("second", counting)
    FaultyFileSystem.tellSteps(of: counting.stepCount, mode, in: "a replay")
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 3) {
      let one = try prepared()
      let faulty = FaultyFileSystem(faultAt: step, mode)
      _ = try? one.replay("listed", mending: [:], faulty)
      _ = try? one.refresh("second", faulty)
      try one.replay("listed", run: "again")
      try one.refresh("third")
      #expect(try one.rows("silver.listed") == ["a s0 1", "a s1 2"], "step \(step)")
      #expect(try one.setAside("listed") == ["1.2 priced*"], "step \(step)")
    }
  }
}
