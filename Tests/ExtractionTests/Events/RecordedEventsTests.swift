import Core
import Ingest
import LakeJobs
import LakeSupport
import TestSupport
import Testing

@testable import Extraction

/// Events that Debezium 3.6 told of a PostgreSQL, with their schemas, as kcat prints them: recorded
/// by `Tests/Interop/debezium_side_by_side.py`.
@Suite struct RecordedEventsTests {
  private static let columns = [
    "id", "price", "free", "flag", "photo", "day", "clock", "clock_zone", "local", "instant",
    "span", "doc", "bits", "tags", "counts", "place", "mood",
  ]
  private let lake: TestLake

  init() throws {
    let own = "__op STRING, __sequence BIGINT, __committed_at TIMESTAMP) USING parquet"
    let things = Self.columns.map { "\($0) STRING, " }.joined()
    lake = try TestLake(
      setup: """
        CREATE TABLE bronze.things (\(things)\(own) LOCATION 'shop/things';
        CREATE TABLE bronze.large (id STRING, body STRING, n STRING, \(own) LOCATION 'shop/large';
        CREATE TABLE bronze.emptied (id STRING, \(own) LOCATION 'shop/emptied';
        """)
    try lake.write(
      "sources.yml",
      """
      systems:
        shop:
          kind: debezium
          location: shop
          tables: {things: {keys: [id]}, large: {keys: [id]}, emptied: {keys: [id]}}
      """)
    let workspace = try lake.workspace()
    let extraction = try EventExtraction(
      of: workspace.sources().systems, workspace, tool: "cdc-extract", consumer: "test",
      acceptedDeletes: nil
    ) { Issue.record($0) }
    let bytes = try LocalFileSystem().read("Tests/Fuzz/Corpus/debezium/shop.ndjson")
    try extraction.take(EventSegments.Segment(bytes: bytes, linesBefore: 0), of: "-") { _ in
    } fail: {
      Issue.record($0)
    }
    try extraction.finish("-") { _ in
    } fail: {
      Issue.record($0)
    }
    #expect(extraction.unknownTables.isEmpty)
    #expect(extraction.passed == [.tombstone: 3, .transaction: 2, .message: 1])
  }

  @Test func `values of all types are what the database spells`() throws {
    #expect(
      try lake.rows(
        "SELECT \(Self.columns.joined(separator: ", ")) FROM bronze.things WHERE id = 1")
        == [
          [
            "1", "-1234567890.10", "123456789012345678901234567890.123456789", "true", "00FF10",
            "2026-03-01", "08:30:00.123456", "06:30:00+00", "2026-03-01 08:30:00.1",
            "2026-03-01 06:30:00.123456+00", "P1Y2M3DT4H5M6.5S", #"{"a": [1, 2.50]}"#, "10110",
            #"{"a b",c,NULL,"\"",""}"#, "{1,2,NULL}", "(1.5,-2)", "sad",
          ].joined(separator: "|")
        ])
    #expect(
      try lake.orderedRows("SELECT __op, id, instant FROM bronze.things ORDER BY __sequence") == [
        "r|1|2026-03-01 06:30:00.123456+00", "r|3|infinity", "c|10|NULL", "d|2|NULL", "c|11|NULL",
        "d|3|NULL",
      ])
  }

  @Test func `a large value that did not change goes with its row to another key`() throws {
    #expect(
      try lake.orderedRows("SELECT __op, id, n, length(body) FROM bronze.large ORDER BY __sequence")
        == ["c|1|1|16000", "c|2|1|3", "u|1|2|NULL", "d|1|NULL|NULL", "c|3|2|16000"])
  }

  @Test func `a truncation is a delete of each row`() throws {
    #expect(
      try lake.orderedRows("SELECT __op, id FROM bronze.emptied ORDER BY __sequence")
        == (1...5).map { "c|\($0)" } + (1...5).map { "d|\($0)" } + ["c|9"])
  }
}
