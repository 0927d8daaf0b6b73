package import Core
package import Ingest
import JSON
package import LakeJobs
package import TestSupport

/// A bronze table whose contract says where sequence numbers stand, and the way into it.
package struct TillObserver {
  package let lake: TestLake

  package init(properties: String = "'ingest.sequence' = 'no'") throws {
    lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.events (event_id STRING, event_type STRING, event_time STRING)
          USING json LOCATION 'pos/events' TBLPROPERTIES (\(properties));
        """)
  }

  package var folder: Workdir { lake.folder }

  package func contract() throws -> BronzeContract { try lake.contract("events") }

  package func ingest(
    _ files: any FileSystem = LocalFileSystem(), run: String = "run"
  ) throws -> EventIngest {
    try lake.eventIngest(into: "events", rejectLimit: 0.5, files, run: run)
  }

  /// An event of a time so many seconds after the run's.
  package func event(
    _ id: String, number: String? = nil, store: String = #""S1""#, till: String = #""T1""#,
    seconds: Double = -60
  ) -> String {
    let time = Timestamp(
      microseconds: Timestamp.ofTests.microseconds + Int64((seconds * 1_000_000).rounded()))
    let last = number.map { #","no":\#($0)"# } ?? ""
    return #"{"event_id":"\#(id)","event_type":"sale","event_time":"\#(time)","#
      + #""store_id":\#(store),"register_id":\#(till)\#(last)}"#
  }

  /// Events of these numbers.
  package func events(_ numbers: some Sequence<Int>, till: String = "T1") -> [String] {
    numbers.map { event("\(till)-\($0)", number: "\($0)", till: "\"\(till)\"") }
  }

  /// Takes a file of these lines.
  package func take(_ name: String, _ lines: [String]) throws -> EventIngest.Outcome {
    let path = try folder.write(name, lines: lines)
    return try ingest().take([.file(path)])
  }

  /// Takes a segment of a pipe, or of records that a consumer reads.
  package func take(
    segment lines: [String], consumer: String? = nil,
    into ingest: EventIngest? = nil
  ) throws -> EventIngest.Outcome {
    let text = lines.map { $0 + "\n" }.joined()
    return try (ingest ?? self.ingest()).take(
      .init(bytes: Array(text.utf8), linesBefore: 0), of: "standard input", consumer: consumer)
  }

  /// A record as `kcat -J` prints it.
  package func record(_ offset: Int, _ payload: String, received: Int64? = nil) -> String {
    let value: JSONValue = [
      "topic": "tills", "partition": 0, "offset": JSONValue(offset), "tstype": "create",
      "ts": received.map { JSONValue($0) } ?? nil, "payload": .string(payload),
    ]
    return JSONWriter.text(value)
  }

  /// The numbers that are missing, as `S1 T1 7-9`.
  package func gaps() throws -> [String] {
    (try ingest().sequences()?.gaps ?? []).map {
      "\($0.till) \($0.numbers.lowerBound)-\($0.numbers.upperBound)"
    }
  }
}
