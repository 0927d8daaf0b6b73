import Bronze
import Columnar
import Core
import Engine
import Ingest
import LakeJobs
import LakeQuery
import Lakehouse
import Refresh
import TableKeys
import TestSupport
import Testing

/// Full refreshes that die: of a table of two flows, each with rows set aside and one of these
/// replayed with a mended text, and of a fold that remembers deleted keys.
///
/// Whoever reads what a dead refresh left finds no row missing that the table as it stands accounts
/// for; the next run, whether it refreshes in full or not, leaves what an undisturbed one leaves.
@Suite struct RefreshCrashTests {
  private struct Site {
    private let folder = Workdir()

    init() throws {
      try folder.write(
        "jobs/spark-pipeline.yml", "name: q\nlibraries:\n  - glob: {include: silver/**}\n")
      let columns = "(event_id STRING, event_type STRING, event_time STRING, price STRING)"
      try folder.write(
        "jobs/setup.sql",
        """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.events \(columns) USING json LOCATION 'pos/events';
        CREATE TABLE bronze.others \(columns) USING json LOCATION 'pos/others';
        """)
      let query = """
        SELECT event_id, event_type, try_cast(event_time AS TIMESTAMP) AS at,
          try_cast(price AS INT) AS price FROM STREAM(bronze.events)
        """
      let rule = "TBLPROPERTIES ('expect.priced' = \"price IS NOT NULL ON VIOLATION QUARANTINE\")"
      let flows = ["events", "others"].map { name in
        """
        CREATE FLOW \(name)_flow AS INSERT INTO silver.listed BY NAME
          \(query.replacing("bronze.events", with: "bronze.\(name)"));
        """
      }
      try folder.write(
        "jobs/silver/listed.sql",
        "CREATE STREAMING TABLE silver.listed \(rule);\n" + flows.joined(separator: "\n"))
      try folder.write(
        "jobs/silver/kept.sql",
        """
        CREATE TEMPORARY VIEW priced AS \(query);
        CREATE STREAMING TABLE silver.kept \(rule);
        CREATE FLOW kept_flow AS AUTO CDC INTO silver.kept FROM STREAM(priced) KEYS (event_id)
        APPLY AS DELETE WHEN event_type = 'void' SEQUENCE BY at STORED AS SCD TYPE 1;
        """)
      try ingest(
        [event("a", "1"), event("b", "bad"), event("c", "3"), event("d", "worse")], "events", "1")
      try ingest([event("e", "5"), event("f", "ill"), event("g", "mad")], "others", "1")
      try ingest([event("c", "0", type: "void", time: 2)], "events", "2")
      try refresh("first")
      try replay(mending: [#""bad""#: #""2""#, #""ill""#: #""6""#])
      try refresh("second")
    }

    private func event(
      _ id: String, _ price: String, type: String = "sale", time: Int = 1
    ) -> String {
      #"{"event_id":"\#(id)","event_type":"\#(type)","#
        + #""event_time":"2026-03-0\#(time)T09:00:00Z","price":"\#(price)"}"#
    }

    /// A change of the voided sale that comes late.
    func deliverLateChange() throws { try ingest([event("c", "4")], "events", "3") }

    private func workspace(
      _ files: any FileSystem = LocalFileSystem(), _ run: String = "r"
    ) throws -> Workspace {
      let lake = Lake(
        root: folder.file("lake"), fileSystem: files,
        clock: Clock(now: Timestamp(microseconds: 1_772_344_800_000_000)),
        runID: RunID(naming: run))
      return try Workspace(lake: lake, jobsFolder: folder.file("jobs"))
    }

    private func ingest(_ lines: [String], _ entity: String, _ name: String) throws {
      let workspace = try workspace()
      let contract = try workspace.contract(system: "pos", entity: entity, at: Place("x"))
      let ingest = EventIngest(
        lake: workspace.lake, contract: contract, tool: "t", requiredFields: EventIngest.envelope,
        rejectLimit: 1, threadCount: 1)
      let text = lines.map { $0 + "\n" }.joined()
      _ = try ingest.take([.file(try folder.write("\(entity)-\(name).ndjson", text))])
    }

    private func replay(mending: [String: String]) throws {
      let quarantine = try workspace().quarantine(named: "listed")
      var rows: [ReplayRequest] = []
      try quarantine.forEachRow { row, _ in
        let text = String(decoding: row.raw, as: UTF8.self)
        guard let (old, new) = mending.first(where: { text.contains($0.key) }) else { return }
        rows.append(.init(row, raw: Array(text.replacing(old, with: new).utf8)))
      }
      let reason = ReplayLog.Reason(by: "a person", why: "a test")
      let count = try quarantine.replay(rows, reason, tool: "quarantine", threads: 1).count
      #expect(count == mending.count)
    }

    func refresh(
      _ run: String, isFull: Bool = false, _ files: any FileSystem = LocalFileSystem()
    ) throws {
      let workspace = try workspace(files, run)
      let context = QueryContext(
        clock: workspace.lake.clock, threadCount: 1, spillDirectory: folder.file("spill"))
      let layer = LayerRun(workspace, schema: "silver", context: context, isFullRefresh: isFull)
      for dataset in try layer.choice.datasets(named: []) { try layer.refresh(dataset) { _ in } }
    }

    func rows(_ table: String, _ expression: String) throws -> [String] {
      let workspace = try workspace()
      let runner = QueryRunner(
        catalog: LakeCatalog(lake: workspace.lake, jobs: workspace.jobs),
        context: QueryContext(clock: workspace.lake.clock))
      return try runner.table("SELECT \(expression) AS t FROM \(table)", name: "test").batches
        .flatMap { batch in
          (0..<batch.rowCount).map { row in
            if case .string(let text) = batch.scalars(at: row)[0] { text } else { "" }
          }
        }.sorted()
    }

    func listed() throws -> [String] { try rows("silver.listed", "concat(event_id, price)") }
    func kept() throws -> [String] { try rows("silver.kept", "concat(event_id, price)") }

    func setAside(_ table: String) throws -> [String] {
      try rows("quarantine.\(table)", "raw")
    }

    /// All that readers see, the late change aside.
    func outcome() throws -> [[String]] {
      [
        try listed().filter { $0 != "c4" }, try kept(), try setAside("listed"),
        try setAside("kept"),
      ]
    }
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `stopped at sampled steps of a full refresh, nothing is missing, and any run mends it`(
    mode: FaultyFileSystem.Mode
  ) throws {
    let calm = try Site()
    // What was replayed is in the quarantine until a refresh in full.
    #expect(try calm.setAside("listed").count == 4)
    let counting = FaultyFileSystem()
    try calm.refresh("full", isFull: true, counting)
    let expected = try calm.outcome()
    #expect(expected.map(\.count) == [6, 1, 2, 2])
    FaultyFileSystem.tellSteps(of: counting.stepCount, mode, in: "a full refresh")
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 20) {
      let site = try Site()
      _ = try? site.refresh("full", isFull: true, FaultyFileSystem(faultAt: step, mode))
      let comment: Comment = "\(mode), step \(step)"
      #expect(Set(try site.setAside("listed")).isSuperset(of: expected[2]), comment)
      #expect(Set(try site.setAside("kept")).isSuperset(of: expected[3]), comment)
      // A refresh that had not begun to count leaves what it found, with what a replay has left.
      try site.refresh("plain")
      #expect(try site.listed() == expected[0], comment)
      #expect(try site.kept() == expected[1], comment)
      let left = try site.setAside("listed")
      #expect(left == expected[2] || left.count == 4, comment)
      try site.deliverLateChange()
      try site.refresh("late")
      #expect(try site.kept() == expected[1], comment)
      try site.refresh("again", isFull: true)
      #expect(try site.outcome() == expected, comment)
    }
  }
}
