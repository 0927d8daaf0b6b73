import Core
import Ingest
import JSON
import LakeJobs
import LakeSupport
import TestSupport
import Testing

@testable import Extraction

/// The events that Debezium's documentation shows of MySQL, Oracle, PostgreSQL and SQL Server, all
/// of one connector in one stream: what each says is in bronze, or counted, or set aside.
@Suite(.shared("conformance/debezium-events")) struct ConnectorEventsTests {
  /// A connector, and what must come of its events.
  struct Connector: CustomTestStringConvertible, Sendable {
    let name: String
    let prefix: String
    let topic: String
    let key: String
    /// `__op`, key, a name, e-mail, and the source's time.
    let rows: [String]
    let passed: [PassedEvent: Int]
    /// The rule that a record breaks, and its offset.
    let rejected: [String]

    var testDescription: String { name }
  }

  private static let columns = ["first_name", "last_name", "email"]

  @Test(arguments: connectors)
  func `events of every connector say what they say`(_ connector: Connector) throws {
    let own = "__op STRING, __sequence BIGINT, __committed_at TIMESTAMP) USING parquet"
    let names = Self.columns.map { "\($0) STRING, " }.joined()
    let lake = try TestLake(
      setup: "CREATE TABLE bronze.customers (id STRING, \(names)\(own) LOCATION 'shop/customers';\n"
    )
    let table = try #require(connector.topic.split(separator: ".").last)
    try lake.write(
      "sources.yml",
      "systems:\n  shop:\n    kind: debezium\n    location: \(connector.prefix)\n    tables:\n"
        + "      \(table): {keys: [\(connector.key)]}\n")
    let setup = try lake.read("setup.sql")
    try lake.write("setup.sql", setup.replacing("shop/customers", with: "shop/\(table)"))
    let workspace = try lake.workspace()
    let extraction = try EventExtraction(
      of: workspace.sources().systems, workspace, tool: "cdc-extract", consumer: "test",
      acceptedDeletes: nil
    ) { Issue.record($0) }
    let lines = try Self.lines(of: connector)
    try extraction.take(
      EventSegments.Segment(bytes: Array(lines.utf8), linesBefore: 0), of: "-"
    ) { _ in
    } fail: {
      Issue.record($0)
    }
    try extraction.finish("-") { _ in
    } fail: {
      Issue.record($0)
    }
    let shown = ["__op", connector.key] + Self.columns + ["__committed_at"]
    let rows = try lake.orderedRows(
      "SELECT \(shown.joined(separator: ", ")) FROM bronze.customers ORDER BY __sequence")
    #expect(rows == connector.rows)
    #expect(extraction.passed == connector.passed)
    let rejected = try lake.rows("SELECT rule, source_line FROM quarantine.customers")
    #expect(rejected == connector.rejected)
  }

  /// The connector's events as kcat prints records of its topic.
  private static func lines(of connector: Connector) throws -> String {
    let files = Shared.files(
      under: "conformance/debezium-events/\(connector.name)", suffix: ".json")
    var lines = ""
    for (offset, file) in files.sorted().enumerated() {
      let whole = try JSONValue(parsing: LocalFileSystem().read(file), at: Place(file))
      let event: JSONValue = .string(whole["event"].map { JSONWriter.text($0) } ?? "")
      // What the documentation shows of a key is the key of a record that has no more.
      let isKey = whole["event"]?["schema"]?["name"]?.string?.hasSuffix("Key") ?? false
      let record: JSONValue = [
        "topic": .string(connector.topic), "partition": 0, "offset": JSONValue(offset),
        "tstype": "create", "ts": 1_767_225_600_000, "key": isKey ? event : .null,
        "payload": isKey ? .null : event,
      ]
      lines += JSONWriter.text(record) + "\n"
    }
    return lines
  }

  static let connectors = [
    Connector(
      name: "mysql", prefix: "2.x-server-1", topic: "2.x-server-1.inventory.customers", key: "id",
      rows: [
        // An event that tells no time happened now, and what follows happened later.
        "c|1004|Anne|Kretchmar|annek@noanswer.org|2026-03-01 06:00:00",
        "u|1004|Anne Marie|Kretchmar|annek@noanswer.org|2026-03-01 06:00:00.000001",
        "d|1004|NULL|NULL|NULL|2026-03-01 06:00:00.000002",
      ], passed: [.tombstone: 2, .schemaChange: 1], rejected: ["key_present|2", "key_present|3"]),
    Connector(
      name: "oracle", prefix: "server1", topic: "server1.DEBEZIUM.CUSTOMERS", key: "ID",
      rows: [
        "c|1004|Anne|Kretchmar|annek@noanswer.org|2018-03-03 13:52:34",
        "u|1004|Anne|Kretchmar|anne@example.com|2018-03-03 14:03:31",
        "d|1004|NULL|NULL|NULL|2018-03-03 14:03:31.000001",
      ], passed: [.tombstone: 3], rejected: ["key_present|2"]),
    Connector(
      name: "postgresql", prefix: "PostgreSQL_server", topic: "PostgreSQL_server.public.customers",
      key: "id",
      rows: [
        "c|1|Anne|Kretchmar|annek@noanswer.org|2019-05-28 08:58:24.863123",
        "u|1|Anne Marie|Kretchmar|annek@noanswer.org|2019-05-28 08:58:24.863769",
        "d|1|NULL|NULL|NULL|2019-05-28 08:58:24.863852",
      ], passed: [.tombstone: 1, .message: 1], rejected: ["key_present|0", "key_present|1"]),
    Connector(
      name: "sqlserver", prefix: "server1", topic: "server1.testDB.dbo.customers", key: "id",
      rows: [
        "c|1005|john|doe|john.doe@example.org|2019-06-05 10:11:08.47",
        "u|1005|john|doe|noreply@example.org|2019-06-05 10:19:55.937",
      ], passed: [.tombstone: 3, .schemaChange: 1], rejected: ["key_present|3", "key_present|7"]),
  ]
}
