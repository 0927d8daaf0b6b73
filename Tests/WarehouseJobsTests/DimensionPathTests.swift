import Columnar
import Core
import Database
import Engine
import Ingest
import LakeJobs
import LakeSupport
import TestSupport
import Testing
import Warehouse
import WarehouseJobs

/// Events on their whole way: bronze, AUTO CDC, the history in silver, a view, the dimension. In
/// any order and any cut they come to the same, which is what a plain fold of them says.
@Suite struct DimensionPathTests {
  private static let view = """
    CREATE MATERIALIZED VIEW warehouse.dim_member
    TBLPROPERTIES ('dimension' = 'scd2', 'key' = 'id', 'track' = 'city', 'keep' = 'born',
      'overwrite' = 'tier, phone', 'scope.phone' = 'current', 'previous_key' = 'old_id') AS
    SELECT id, old_id, born, city, tier, phone, __START_AT AS valid_from, __END_AT AS valid_to
    FROM silver.members;
    """

  private func lake(ignoringNulls: Bool) throws -> TestLake {
    let columns = (["id"] + MemberEvent.columns).joined(separator: ", ")
    let properties = ignoringNulls ? " TBLPROPERTIES ('null.updates' = 'ignore')" : ""
    return try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.members (id STRING, old_id STRING, born STRING, city STRING,
          tier STRING, phone STRING, op STRING, at STRING) USING json LOCATION 'members';
        """,
      jobs: [
        "silver/members.sql": """
        CREATE TEMPORARY VIEW typed AS
        SELECT \(columns), op, try_cast(at AS TIMESTAMP) AS at FROM STREAM(bronze.members);
        CREATE STREAMING TABLE silver.members\(properties);
        CREATE FLOW members_flow AS AUTO CDC INTO silver.members FROM STREAM(typed)
        KEYS (id) APPLY AS DELETE WHEN op = 'd' SEQUENCE BY at COLUMNS * EXCEPT (op, at)
        STORED AS SCD TYPE 2;
        """, "warehouse/dim_member.sql": Self.view,
      ])
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `events in any order and any cut come to the same dimension`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let events = MemberEvent.random(using: &random)
    let plain = PlainMembers(ignoresNulls: Bool.random(using: &random))
    let lake = try lake(ignoringNulls: plain.ignoresNulls)
    let database = try SQLiteConnection(":memory:", .create)
    var known: [MemberEvent] = []
    var rest = events.shuffled(using: &random)
    while !rest.isEmpty {
      let count = min(rest.count, Int.random(in: 2...9, using: &random))
      let pull = Array(rest.prefix(count))
      known += pull
      rest.removeFirst(count)
      let path = try lake.folder.write("\(rest.count).ndjson", lines: pull.map(line))
      _ = try lake.eventIngest(into: "members", requiring: []).take([.file(path)])
      try lake.refresh()
      let workspace = try lake.workspace()
      _ = try StarLoadRun(
        workspace, into: database, siteKey: nil, context: lake.context(), isFullRefresh: false
      ).run(
        workspace.jobs.ordered(schema: "warehouse"),
        .init(say: { _ in }, fail: { Issue.record("seed \(seed): \($0)") }))
      let history = plain.history(known)
      // Of nothing at all nothing is concluded.
      if history.isEmpty { continue }
      let stored = try rows(database)
      let expected = plain.dimension(history)
      #expect(stored == expected, "seed \(seed), \(known.count) of \(events.count) events")
    }
  }

  private func line(_ event: MemberEvent) -> String {
    let values = zip(MemberEvent.columns, event.values).map { column, value in
      #""\#(column)":\#(value.map { "\"\($0)\"" } ?? "null")"#
    }
    let day = Timestamp(microseconds: event.day * Timestamp.microsecondsPerDay)
    return #"{"id":"\#(event.id)",\#(values.joined(separator: ",")),"#
      + #""op":"\#(event.isDelete ? "d" : "u")","at":"\#(day)"}"#
  }

  private func rows(_ database: SQLiteConnection) throws -> [String] {
    guard try database.hasTable("dim_member") else { return [] }
    func day(_ column: String) -> String {
      "CASE WHEN \(column) LIKE '9999%' THEN '' "
        + "ELSE CAST(round(julianday(\(column)) - 2440587.5) AS INTEGER) END"
    }
    return try database.rows(
      """
      SELECT concat_words FROM (
        SELECT id || ' ' || coalesce(born, '-') || ' ' || coalesce(city, '-') || ' '
          || coalesce(tier, '-') || ' ' || coalesce(phone, '-') || ' ' || \(day("valid_from"))
          || ' ' || \(day("valid_to")) || ' ' || CASE WHEN is_current THEN 'current' ELSE '' END
          || CASE WHEN is_deleted THEN ' deleted' ELSE '' END AS concat_words, id, valid_from
        FROM dim_member WHERE member_key > 0)
      ORDER BY id, valid_from
      """
    ).compactMap { if case .string(let text) = $0[0] { text } else { nil } }
  }
}
