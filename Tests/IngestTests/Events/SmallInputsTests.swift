import Bronze
import Core
import Ingest
import LakeSupport
import TestSupport
import Testing

/// Many files of a few lines each: to make one of bronze for each would be to wait for the disk
/// thousands of times, and again when they are read.
@Suite struct SmallInputsTests {
  private let lake: TestLake

  init() throws {
    lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.events (event_id STRING, event_type STRING, event_time STRING)
          USING json LOCATION 'pos/events';
        """)
  }

  private func event(_ name: String) -> String {
    "{\"event_id\":\"\(name)\",\"event_type\":\"sale\","
      + "\"event_time\":\"2026-03-01T09:00:00Z\"}"
  }

  private func files(_ count: Int, _ lines: (Int) -> [String]) throws -> [EventIngest.Input] {
    try (0..<count).map { .file(try lake.folder.write("in-\($0).ndjson", lines: lines($0))) }
  }

  @Test func `the lines of many small files share files, and each stays known by itself`() throws {
    let ingest = try lake.eventIngest(into: "events")
    let inputs = try files(300) { number in
      let events = [event("a\(number)"), event("b\(number)")]
      return number.isMultiple(of: 3) ? events + ["torn \(number)"] : events
    }
    let outcome = try ingest.take(inputs)
    let commit = try #require(outcome.commit)
    #expect(outcome.acceptedCount == 600 && outcome.rejectedCount == 100)
    #expect(commit.inputs.count == 300 && commit.files.count == 1 && commit.rejected.count == 1)
    #expect(commit.setAside.values.reduce(0, +) == 100)
    #expect(try lake.rows("SELECT count(DISTINCT event_id) FROM bronze.events") == ["600"])
    // Where a line came from is told as ever.
    let origins = try lake.rows(
      "SELECT DISTINCT source_file, raw, source_line FROM quarantine.events ORDER BY source_line")
    #expect(origins.count == 100 && origins.allSatisfy { $0.hasSuffix("|3") })
    #expect(try ingest.take(inputs).known.count == 300)
  }

  @Test func `a file that is refused leaves nothing in what others share`() throws {
    let inputs = try files(150) { number in
      number == 77 ? ["no event", "at all"] : [event("e\(number)")]
    }
    let outcome = try lake.eventIngest(into: "events").take(inputs)
    #expect(outcome.refused.count == 1 && outcome.rejectedCount == 0)
    #expect(outcome.commit?.rejected.isEmpty == true)
    #expect(try lake.rows("SELECT count(*) FROM bronze.events") == ["149"])
  }

  @Test func `a large file among them, and each of a few, has files of its own`() throws {
    let many = try files(120) { number in
      number == 5 ? (0..<4_000).map { event("large\($0)") } : [event("e\(number)")]
    }
    let ingest = try lake.eventIngest(into: "events")
    #expect(try ingest.take(many).commit?.files.count == 2)
    let few = try files(3) { [event("few\($0)")] }
    #expect(try ingest.take(few).commit?.files.count == 3)
    #expect(try lake.rows("SELECT count(*) FROM bronze.events") == ["4122"])
  }
}
