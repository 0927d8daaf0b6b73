import Core
import Ingest
import LakeSupport
import TestSupport
import Testing

/// Rows that come in units stand or fall together: of two receipts under one identity one stands
/// whole, whatever the order and the cut, and what it lacks of the other is set aside.
@Suite struct UnitPropertyTests {
  /// A till event: its lines say a product each.
  private struct Event: Hashable {
    var id: String
    var day: Int
    var lines: [String: String]
    /// Sent with other blanks, which say nothing.
    var isSpaced = false

    var text: String {
      let items = lines.sorted { $0.key < $1.key }
        .map { #"{"no":"\#($0.key)","sku":"\#($0.value)"}"# }
      let text =
        #"{"event_id":"\#(id)","at":"2026-02-0\#(day)T09:00:00Z","lines":["#
        + items.joined(separator: ",") + "]}"
      return isSpaced ? text.replacing(",", with: ", ") : text
    }

    var rows: [String] { lines.map { "\(id)|\($0.key)|\($0.value)|\(day)" }.sorted() }
  }

  private static func events(using random: inout SeededRandom) -> [Event] {
    var events: [Event] = []
    for _ in 0..<Int.random(in: 1...14, using: &random) {
      if var old = events.randomElement(using: &random), Int.random(in: 0..<3, using: &random) == 0
      {
        old.isSpaced = Bool.random(using: &random)
        events.append(old)
        continue
      }
      var lines: [String: String] = [:]
      for number in 1...3 where Bool.random(using: &random) || number == 1 {
        lines["\(number)"] = ["a", "b"].randomElement(using: &random)
      }
      events.append(
        Event(
          id: "e\(Int.random(in: 0..<4, using: &random))",
          day: Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1, lines: lines))
    }
    return events
  }

  /// The rows that stand, and how many are set aside.
  private static func wanted(_ events: [Event]) -> (rows: [String], lost: Int) {
    var rows: [String] = []
    var lost = 0
    for bodies in Dictionary(grouping: events, by: \.id).values {
      let winner = bodies.max {
        $0.day == $1.day
          ? $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) : $0.day < $1.day
      }
      guard let winner else { continue }
      rows += winner.rows
      lost += Set(bodies.map(\.rows)).subtracting([winner.rows]).reduce(0) { $0 + $1.count }
    }
    return (rows.sorted(), lost)
  }

  private static func lake() throws -> TestLake {
    try TestLake(
      setup: """
        CREATE SCHEMA IF NOT EXISTS bronze;
        CREATE TABLE bronze.events (event_id STRING, at STRING,
          lines ARRAY<STRUCT<no: STRING, sku: STRING>>) USING json LOCATION 'pos/events';
        """,
      jobs: [
        "silver/sold.sql": """
        CREATE TEMPORARY VIEW sold_lines AS
        SELECT e.event_id, l.line.no, l.line.sku, try_cast(e.at AS TIMESTAMP) AS at
        FROM STREAM(bronze.events) AS e LATERAL VIEW explode(e.lines) l AS line;

        CREATE STREAMING TABLE silver.sold TBLPROPERTIES ('unit.by' = 'event_id');

        CREATE FLOW sold_flow AS AUTO CDC INTO silver.sold FROM STREAM(sold_lines)
        KEYS (event_id, no) SEQUENCE BY at STORED AS SCD TYPE 1;
        """
      ])
  }

  private static func rows(_ lake: TestLake) throws -> [String] {
    try lake.rows("SELECT event_id, no, sku, day(at) FROM silver.sold")
  }

  private static func lostCount(_ lake: TestLake) -> Int {
    // Where nothing was ever set aside there is no such table.
    (try? lake.rows("SELECT raw FROM quarantine.sold WHERE rule = 'conflict'"))?.count ?? 0
  }

  @Test(arguments: 1...16 as ClosedRange<UInt64>)
  func `one body of an event stands whole, in any order and cut`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let events = Self.events(using: &random)
    for order in 0..<2 {
      let lake = try Self.lake()
      let context = lake.context(
        memoryLimit: [1 << 10, 512 << 20].randomElement(using: &random) ?? 0,
        threadCount: Int.random(in: 1...2, using: &random))
      var rest = events.shuffled(using: &random)[...]
      var taken: [Event] = []
      while !rest.isEmpty {
        let pull = rest.prefix(Int.random(in: 1...6, using: &random))
        rest = rest.dropFirst(pull.count)
        taken += pull
        let file = try lake.folder.write(
          "\(seed)-\(order)-\(taken.count).ndjson", lines: pull.map(\.text))
        _ = try lake.eventIngest(into: "events", requiring: ["event_id"], rejectLimit: 0)
          .take([.file(file)])
        try lake.refresh(isFull: false, context)
        let wanted = Self.wanted(taken)
        #expect(try Self.rows(lake) == wanted.rows, "seed \(seed), order \(order), \(pull)")
        #expect(Self.lostCount(lake) == wanted.lost, "seed \(seed), order \(order), \(pull)")
      }
      try lake.refresh(isFull: true, context)
      let wanted = Self.wanted(events)
      #expect(try Self.rows(lake) == wanted.rows, "seed \(seed), order \(order), made anew")
      #expect(Self.lostCount(lake) == wanted.lost, "seed \(seed), order \(order), made anew")
    }
  }

  @Test func `a line that names a key twice is set aside whole`() throws {
    let lake = try Self.lake()
    let head = #"{"event_id":"e","at":"2026-02-01T09:00:00Z","lines":[{"no":"1","sku":"a"},"#
    for (name, line) in [("1", #"{"no":"1","sku":"b"}"#), ("2", #"{"no":"1","sku":"a"}"#)] {
      let file = try lake.folder.write("\(name).ndjson", lines: [head + line + "]}"])
      _ = try lake.eventIngest(into: "events", requiring: ["event_id"], rejectLimit: 0)
        .take([.file(file)])
      try lake.refresh()
      #expect(try Self.rows(lake) == [])
    }
    let file = try lake.folder.write("3.ndjson", lines: [head + #"{"no":"2","sku":"b"}]}"#])
    _ = try lake.eventIngest(into: "events", requiring: ["event_id"], rejectLimit: 0)
      .take([.file(file)])
    try lake.refresh()
    #expect(try Self.rows(lake) == ["e|1|a|1", "e|2|b|1"])
    #expect(Self.lostCount(lake) == 4)
  }
}
