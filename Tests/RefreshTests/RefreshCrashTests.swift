import Core
import Ingest
import LakeSupport
import TestSupport
import Testing

/// Full refreshes that die: of a table of two flows, each with rows set aside and one of these
/// replayed with a mended text, and of a fold that remembers deleted keys.
///
/// Whoever reads what a dead refresh left finds no row missing that the table as it stands accounts
/// for; the next run, whether it refreshes in full or not, leaves what an undisturbed one leaves.
@Suite struct RefreshCrashTests {
  private struct Site {
    private let lake: TestLake

    init() throws {
      let columns = "(event_id STRING, event_type STRING, event_time STRING, price STRING)"
      lake = try TestLake(
        setup: """
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
      try lake.write(
        "silver/listed.sql",
        "CREATE STREAMING TABLE silver.listed \(rule);\n" + flows.joined(separator: "\n"))
      try lake.write(
        "silver/kept.sql",
        """
        CREATE TEMPORARY VIEW priced AS \(query);
        CREATE STREAMING TABLE silver.kept \(rule);
        CREATE FLOW kept_flow AS AUTO CDC INTO silver.kept FROM STREAM(priced) KEYS (event_id)
        APPLY AS DELETE WHEN event_type = 'void' SEQUENCE BY at STORED AS SCD TYPE 1;
        """)
      try ingest(
        [event("a", "1"), event("b", "bad"), event("c", "3"), event("d", "worse")], "events", "1")
      try ingest([event("e", "5"), event("f", "ill"), event("g", "mad")], "others", "1")
      try ingest([event("c", "0", type: "void", time: 3)], "events", "2")
      try refresh("first")
      try replay(mending: [#""bad""#: #""2""#, #""ill""#: #""6""#])
      try refresh("second")
    }

    private func event(
      _ id: String, _ price: String, type: String = "sale", time: Int = 1
    ) -> String {
      #"{"event_id":"\#(id)","event_type":"\#(type)","#
        + #""event_time":"2026-02-0\#(time)T09:00:00Z","price":"\#(price)"}"#
    }

    /// A change of the voided sale that comes late.
    func deliverLateChange() throws {
      try ingest([event("c", "4", time: 2)], "events", "3")
    }

    private func ingest(_ lines: [String], _ entity: String, _ name: String) throws {
      let file = try lake.folder.write("\(entity)-\(name).ndjson", lines: lines)
      _ = try lake.eventIngest(into: entity).take([.file(file)])
    }

    private func replay(mending: [String: String]) throws {
      let count = try lake.replay("listed") { text, _ in
        mending.first { text.contains($0.key) }.map { text.replacing($0.key, with: $0.value) }
      }
      #expect(count == mending.count)
    }

    func refresh(
      _ run: String, isFull: Bool = false, _ files: any FileSystem = LocalFileSystem()
    ) throws {
      try lake.refresh(isFull: isFull, lake.context(threadCount: 1), files, run: run)
    }

    func listed() throws -> [String] {
      try lake.rows("SELECT concat(event_id, price) FROM silver.listed")
    }
    func kept() throws -> [String] {
      try lake.rows("SELECT concat(event_id, price) FROM silver.kept")
    }

    func setAside(_ table: String) throws -> [String] {
      try lake.rows("SELECT raw FROM quarantine.\(table)")
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
