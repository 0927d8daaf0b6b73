import Bronze
import Core
import Ingest
import LakeSupport
import TestSupport
import Testing

/// Till events whose values are of other shapes than the contract declares.
@Suite struct EventShapeTests {
  private static let good = """
    {"event_id":"e","event_type":"sale","event_time":"2026-03-01T09:00:00Z"
    """

  private let lake: TestLake

  init() throws {
    lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.events (event_id STRING, event_type STRING, event_time STRING,
          store STRING, extra STRING, till STRUCT<id: STRING, tags: ARRAY<STRING>>,
          counts MAP<STRING, STRING>, lines ARRAY<STRUCT<sku: STRING, price: STRING>>)
          USING json LOCATION 'pos/events';
        CREATE TABLE bronze.typed (event_id STRING, event_type STRING, event_time STRING,
          qty INT, lines ARRAY<STRUCT<price: DECIMAL(6,2)>>) USING json LOCATION 'pos/typed';
        """)
  }

  /// What became of an event with these fields: its columns, or why it was set aside.
  private func outcome(_ fields: String, into table: String = "events") throws -> String {
    let path = try lake.folder.write("x.ndjson", "\(Self.good),\(fields)}\n")
    let outcome = try lake.eventIngest(into: table).take([.file(path)])
    #expect(outcome.acceptedCount + outcome.rejectedCount == 1)
    guard outcome.rejectedCount == 1 else { return "taken" }
    #expect(outcome.commit?.setAside.values.reduce(0, +) == 1)
    return try lake.rows("SELECT concat(rule, ': ', reason) FROM quarantine.\(table)").last ?? ""
  }

  @Test(arguments: [
    (#""lines":{"sku":"a"}"#, "lines_shape: 'lines' is an object, not an array"),
    (#""lines":"a""#, "lines_shape: 'lines' is text, not an array"),
    (#""lines":7"#, "lines_shape: 'lines' is a number, not an array"),
    (#""lines":["a"]"#, "lines_shape: 'lines[]' is text, not an object"),
    (#""lines":[[{"sku":"a"}]]"#, "lines_shape: 'lines[]' is an array, not an object"),
    (#""l\u0069nes":{}"#, "lines_shape: 'lines' is an object, not an array"),
    (#""Lines":{}"#, "lines_shape: 'lines' is an object, not an array"),
    (
      #""LINES":[],"Lines":[]"#,
      "valid_shape: 'LINES' and 'Lines' are both 'lines', and none is taken"
    ),
    (#""store":"a","store":"b""#, "valid_shape: 'store' stands 2 times"),
    (#""event_\u0069d":"f""#, "valid_shape: 'event_id' stands 2 times"),
    (#""till":{},"till":{}"#, "valid_shape: 'till' stands 2 times"),
    (#""till":"t1""#, "till_shape: 'till' is text, not an object"),
    (#""till":["t1"]"#, "till_shape: 'till' is an array, not an object"),
    (#""till":{"id":"1","tags":"x"}"#, "till_shape: 'till.tags' is text, not an array"),
    (#""counts":[]"#, "counts_shape: 'counts' is an array, not an object"),
  ])
  func `an event with a value of another shape is set aside`(
    _ fields: String, _ reason: String
  ) throws {
    #expect(try outcome(fields) == reason)
  }

  @Test(arguments: [
    #""lines":null,"till":null,"counts":null,"store":null"#, #""lines":[],"till":{},"counts":{}"#,
    #""lines":[null,{"sku":null,"price":1.5},{"sku":true}]"#, #""unknown":{"a":[1]}"#,
    #""lines":[{"sku":"a","more":{"b":[1]}}]"#, #""till":{"id":1,"tags":[1,"a",null],"x":[{}]}"#,
    #""extra":{"a":[1]}"#, #""extra":[1]"#, #""lines":[{"sku":{"code":"a"}},{"Sku":["a"]}]"#,
    #""till":{"id":"1","tags":[{}]}"#, #""counts":{"a":{"b":1}}"#, #""store":7,"Store":{"a":1}"#,
    #""lines":[{"sku":"a"}],"Lines":7"#, #""unknown":1,"unknown":2"#,
  ])
  func `what fits, is missing or is not declared is taken`(_ fields: String) throws {
    #expect(try outcome(fields) == "taken")
  }

  @Test(arguments: [
    (#""qty":2,"lines":[{"price":1.50}]"#, "taken"), (#""qty":null"#, "taken"),
    (#""qty":"two""#, "valid_values: 'qty' is no INT"),
    (#""qty":[2]"#, "qty_shape: 'qty' is an array, not INT"),
    (
      #""lines":[{"price":1.505}]"#,
      "valid_values: 'lines[].price' has more digits than DECIMAL(6,2) holds"
    ),
    (#""lines":[{"price":"2,50"}]"#, "valid_values: 'lines[].price' is no DECIMAL(6,2)"),
    (#""lines":[{"price":"1,234.50"}]"#, "taken"),
  ])
  func `a value that a typed column would lose is set aside`(
    _ fields: String, _ wanted: String
  ) throws {
    #expect(try outcome(fields, into: "typed") == wanted)
  }

  @Test func `fields are found by names like theirs`() throws {
    let time = "2026-03-01T09:00:00Z"
    let path = try lake.folder.write(
      "x.ndjson",
      """
      {"Event-ID":"e1","EVENT_TYPE":"sale","event_time":"\(time)","Store":"s1","lines":[{"SKU":1}]}
      {"EventId":"x","event_id":"e2","event_type":"sale","event_time":"\(time)","store":"s2"}

      """)
    #expect(try lake.eventIngest(into: "events").take([.file(path)]).acceptedCount == 2)
    #expect(
      try lake.rows(
        "SELECT concat_ws(' ', event_id, store, lines[0].sku) FROM bronze.events ORDER BY 1")
        == ["e1 s1 1", "e2 s2"])
  }

  @Test(arguments: 1...60)
  func `what is taken reads as what was sent`(_ seed: Int) throws {
    var random = SeededRandom(UInt64(seed))
    let values = [
      "null", "\"a\"", "7", "true", "[]", "{}", "[\"a\"]", "[{\"sku\":\"a\"}]",
      "{\"id\":\"1\"}", "[{\"sku\":[]}]", "{\"tags\":[\"x\"]}", "[null]", "[[]]",
    ]
    let columns = ["store", "till", "counts", "lines"]
    let lines = (0..<20).map { number in
      let fields = columns.map { "\"\($0)\":\(values.randomElement(using: &random)!)" }
        .shuffled(using: &random).joined(separator: ",")
      return Self.good.replacing("\"e\"", with: "\"\(number)\"") + ",\(fields)}"
    }
    let path = try lake.folder.write("x.ndjson", lines.joined(separator: "\n"))
    let outcome = try lake.eventIngest(into: "events").take([.file(path)])
    #expect(outcome.acceptedCount + outcome.rejectedCount == lines.count, "seed \(seed)")
    // Of what is taken nothing that was sent is NULL.
    let nulls = columns.map { "\($0) IS NULL" }.joined(separator: ", ")
    for row in try lake.rows("SELECT concat_ws(' ', event_id, \(nulls)) FROM bronze.events") {
      let parts = row.split(separator: " ").map(String.init)
      let line = lines[try #require(Int(parts[0]))]
      let sent = columns.map { line.contains("\"\($0)\":null") ? "true" : "false" }
      #expect(Array(parts.dropFirst()) == sent, "seed \(seed): \(line)")
    }
  }
}
