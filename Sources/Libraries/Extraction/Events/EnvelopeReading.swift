import Core
import JSON

/// The parts of an event that say what happened, where and when, in whichever form it came.
struct EnvelopeReading {
  let form: EventForm
  let before: JSONValue?
  let after: JSONValue?
  /// The letter of what happened.
  let operation: String
  let connector: String?
  let source: EventSource
  /// The table, if `sources.yml` names it; and what the event calls it, if it says so.
  let table: EventTables.Index?
  let tableName: String?

  /// Reads an envelope; nil when `event` is none.
  init?(_ event: JSONValue, _ form: EventForm, _ topic: String?, _ tables: EventTables) {
    guard let operation = event["op"]?.string,
      event["source"]?.object != nil || event["after"] != nil || event["before"] != nil
    else { return nil }
    self.form = form
    self.operation = operation
    before = event["before"].flatMap { $0.isNull ? nil : $0 }
    after = event["after"].flatMap { $0.isNull ? nil : $0 }
    let source = event["source"] ?? .null
    connector = source["connector"]?.string
    let names = ["db", "schema", "table"].compactMap { source[$0]?.string }.filter { !$0.isEmpty }
    let isNamed = source["table"]?.string?.isEmpty == false
    let named =
      isNamed ? (source["name"]?.string, names) : EnvelopeReading.names(form, topic, tables)
    (table, tableName) = EnvelopeReading.place(named, tables)
    self.source = EventSource(
      identity: EnvelopeReading.identity(source), transaction: EnvelopeReading.transaction(source),
      time: EnvelopeReading.time(source, ""),
      // The database is a name of the server's, which a restored one may not share.
      table: named?.1.joined(separator: ".") ?? "")
  }

  /// Reads a row alone, with what was added to it.
  init(row: JSONValue, _ form: EventForm, _ topic: String?, _ tables: EventTables) {
    self.form = form
    let isDeleted = row["__deleted"]?.string == "true" || row["__deleted"]?.bool == true
    operation = row["__op"]?.string ?? (isDeleted ? "d" : "u")
    before = isDeleted || operation == "d" ? row : nil
    after = row
    connector = row["__connector"]?.string ?? row["__source_connector"]?.string
    let names = ["db", "schema", "table"].compactMap { name in
      row["__\(name)"]?.string ?? row["__source_\(name)"]?.string
    }.filter { !$0.isEmpty }
    let isNamed = row["__table"]?.string != nil || row["__source_table"]?.string != nil
    let prefix = row["__name"]?.string ?? row["__source_name"]?.string
    let named = isNamed ? (prefix, names) : EnvelopeReading.names(form, topic, tables)
    (table, tableName) = EnvelopeReading.place(named, tables)
    var members = JSONObject()
    for member in row.object?.members ?? [] where member.key.hasPrefix("__") {
      members[String(member.key.dropFirst(member.key.hasPrefix("__source_") ? 9 : 2))] =
        member.value
    }
    let own: JSONValue = .object(members)
    source = EventSource(
      identity: EnvelopeReading.identity(own), transaction: EnvelopeReading.transaction(own),
      time: EnvelopeReading.time(row, "__source_") ?? EnvelopeReading.time(row, "__"),
      table: named?.1.joined(separator: ".") ?? "", isUnwrapped: true)
  }

  /// The rows that it holds.
  var rows: [JSONValue] { [before, after].compactMap { $0 } }

  private static let added: Set<String> = [
    "op", "deleted", "table", "db", "schema", "name", "connector", "version", "lsn", "txId",
    "ts_ms",
    "ts_us", "ts_ns", "snapshot", "sequence", "xmin", "file", "pos", "row", "gtid", "server_id",
    "thread", "query", "change_lsn", "commit_lsn", "event_serial_no", "scn", "commit_scn",
  ]

  /// Whether a row alone has a member of this name because it was added to it.
  static func ownMembers(_ name: String) -> Bool {
    guard name.hasPrefix("__") else { return false }
    return name.hasPrefix("__source_") || added.contains(String(name.dropFirst(2)))
  }

  // MARK: Which table

  private typealias Named = (prefix: String?, parts: [String])

  /// What a topic, or the name of a schema, says of the table.
  private static func names(
    _ form: EventForm, _ topic: String?, _ tables: EventTables
  ) -> Named? {
    if let topic, let named = tables.parts(ofTopic: topic) { return (named.prefix, named.parts) }
    guard let name = form.name, let named = tables.parts(ofTopic: name),
      let kind = named.parts.last, ["Envelope", "Value"].contains(kind)
    else { return nil }
    return (named.prefix, named.parts.dropLast())
  }

  private static func place(
    _ named: Named?, _ tables: EventTables
  ) -> (EventTables.Index?, String?) {
    guard let named, !named.parts.isEmpty else { return (nil, nil) }
    let name = ([named.prefix].compactMap { $0 } + named.parts).joined(separator: ".")
    return (tables.index(of: named.parts, prefix: named.prefix), name)
  }

  // MARK: Where and when

  private static let positions = [
    "lsn", "pos", "change_lsn", "commit_lsn", "scn", "commit_scn",
  ]
  private static let facts =
    positions + [
      "file", "row", "txId", "gtid", "event_serial_no", "rs_id", "ssn", "ts_ms", "ts_us",
    ]

  /// What a source tells of the place in its log, which is the same when an event comes again; nil
  /// when it tells none.
  private static func identity(_ source: JSONValue) -> String? {
    guard positions.contains(where: { source[$0].map { !$0.isNull } ?? false }) else { return nil }
    return facts.map { source[$0].map { JSONWriter.text($0) } ?? "" }.joined(separator: "|")
  }

  private static func transaction(_ source: JSONValue) -> String? {
    for name in ["txId", "gtid", "commit_lsn", "commit_scn"] {
      if let value = source[name], !value.isNull { return JSONWriter.text(value) }
    }
    guard let file = source["file"]?.string, let position = source["pos"] else { return nil }
    return "\(file) \(JSONWriter.text(position))"
  }

  /// The time of the commit, as exactly as it is told; nil where it is none.
  private static func time(_ source: JSONValue, _ prefix: String) -> Timestamp? {
    let units: [(String, multiply: Int64, divide: Int64)] = [
      ("ts_ns", 1, 1_000), ("ts_us", 1, 1), ("ts_ms", 1_000, 1),
    ]
    for (name, factor, divisor) in units {
      guard let count = source[prefix + name]?.wholeNumber64, count > 0 else { continue }
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      // What lies behind the year 9999 is no clock's.
      if !overflow, product / divisor <= 253_402_300_799_999_999 {
        return Timestamp(microseconds: product / divisor)
      }
    }
    return nil
  }
}
