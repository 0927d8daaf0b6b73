import Bronze
import Core
import Database
import Ingest
import JSON
import LakeJobs

/// Tells what a record says: Debezium's envelope with or without its schema, or the row alone that
/// its `ExtractNewRecordState` leaves.
final class EventDecoder {
  let tables: EventTables
  private let forms: EventForms
  private let placeholders: Placeholders
  /// What bronze calls the columns of a table, by the names that events have for them.
  private var bronzeNames: [EventTables.Index: [[String]: [String]]] = [:]

  init(_ tables: EventTables, placeholders: [String], _ reader: JSONReader) {
    self.tables = tables
    self.placeholders = Placeholders([Placeholders.standard] + placeholders)
    forms = EventForms(reader)
  }

  /// What `record` says.
  func decode(_ record: EventRecord) -> DecodedEvent {
    let topic = record.position?.partition.topic
    switch record.content {
    case .none: return tombstone(record, topic)
    case .unreadable(let reason):
      return .rejected(index(ofTopic: topic), reason: (reason.rule, reason.words))
    case .value(let value): return decode(value, record, topic)
    case .text(let text):
      guard let (event, form) = try? forms.read(text) else {
        return reject(.notJSON, topic)
      }
      return event.isNull ? tombstone(record, topic) : decode(event, form, record, topic)
    }
  }

  private func decode(_ value: JSONValue, _ record: EventRecord, _ topic: String?) -> DecodedEvent {
    guard value.object?.count == 2, let schema = value["schema"], let payload = value["payload"]
    else { return decode(value, .none, record, topic) }
    if payload.isNull { return tombstone(record, topic) }
    return decode(payload, EventForm(schema: schema), record, topic)
  }

  private func decode(
    _ event: JSONValue, _ form: EventForm, _ record: EventRecord, _ topic: String?
  ) -> DecodedEvent {
    guard let object = event.object else { return reject(.notJSON, topic) }
    if let passed = EventDecoder.passed(event, object, topic) { return .passedOver(passed) }
    let envelope = EnvelopeReading(event, form, topic, tables)
    let reading = envelope ?? EnvelopeReading(row: event, form, topic, tables)
    guard reading.connector != "mongodb", reading.rows.allSatisfy({ $0.string == nil }) else {
      return reject(.documents, topic)
    }
    guard let index = reading.table else {
      if let name = reading.tableName { return .unknownTable(name) }
      return reject(envelope == nil ? .noEvent : .noTable, topic)
    }
    do {
      return .change(index, try change(reading, index, record))
    } catch {
      return .rejected(index, reason: (error.rule, error.words))
    }
  }

  /// What kind of event that tells of no row `event` is; nil for the others.
  private static func passed(
    _ event: JSONValue, _ object: JSONObject, _ topic: String?
  ) -> PassedEvent? {
    if event["op"]?.string == "m", event["message"] != nil { return .message }
    if event["op"] != nil || event["__op"] != nil { return nil }
    if topic?.hasPrefix("__debezium-heartbeat") == true { return .heartbeat }
    if !object.isEmpty, object.keys.allSatisfy({ ["ts_ms", "ts_us", "ts_ns"].contains($0) }) {
      return .heartbeat
    }
    if event["ddl"] != nil || event["tableChanges"] != nil, event["databaseName"] != nil {
      return .schemaChange
    }
    if let status = event["status"]?.string, ["BEGIN", "END"].contains(status),
      event["id"] != nil, event["event_count"] != nil || event["data_collections"] != nil
    {
      return .transaction
    }
    return nil
  }

  private func reject(_ refusal: EventRefusal, _ topic: String?) -> DecodedEvent {
    .rejected(index(ofTopic: topic), reason: (refusal.rule, refusal.words))
  }

  private func index(ofTopic topic: String?) -> EventTables.Index? {
    topic.flatMap(tables.parts(ofTopic:)).flatMap { tables.index(of: $0.parts, prefix: $0.prefix) }
  }

  private func tombstone(_ record: EventRecord, _ topic: String?) -> DecodedEvent {
    guard let index = index(ofTopic: topic) else { return .tombstone(nil, key: nil) }
    let key = record.key.flatMap { try? self.key(in: $0, .none, index) }
    return .tombstone(index, key: key)
  }
}

extension EventDecoder {
  /// The change that an event of table `index` tells.
  private func change(
    _ reading: EnvelopeReading, _ index: EventTables.Index, _ record: EventRecord
  ) throws(EventRefusal) -> ChangeEvent {
    var change = ChangeEvent(kind: .truncation, source: reading.source)
    if reading.operation == "t" { return change }
    guard let operation = ChangeOperation(rawValue: reading.operation) else {
      throw .operation(reading.operation)
    }
    change.kind = .row(operation)
    change.isHalfOfKeyChange =
      operation == .delete && record.headerNames.contains("__debezium.newkey")
    change.followsKeyChange =
      operation == .create && record.headerNames.contains("__debezium.oldkey")
    if operation == .delete {
      // What else stands there was never read from the log: it is NULL, or the columns' defaults.
      guard
        let row = [reading.before, record.key, reading.after].lazy.compactMap({ $0 }).first(
          where: { hasKey($0, index) })
      else { throw .noKey(tables[index].table.source.keys) }
      change.key = try key(in: row, reading.form, index)
      change.columns = bronzeNames(of: keyNames(in: row, index), index)
      change.values = change.key
      return change
    }
    guard let row = reading.after?.object else { throw .noRow(reading.operation) }
    try fill(&change, row, reading, index)
    change.key = try key(in: .object(row), reading.form, index)
    if operation == .update, let before = reading.before, hasKey(before, index) {
      let oldKey = try key(in: before, reading.form, index)
      if oldKey != change.key { change.oldKey = oldKey }
    }
    return change
  }

  /// The columns of `row` and their texts, without those that were not given.
  private func fill(
    _ change: inout ChangeEvent, _ row: JSONObject, _ reading: EnvelopeReading,
    _ index: EventTables.Index
  ) throws(EventRefusal) {
    var names: [String] = []
    var absent: [String] = []
    names.reserveCapacity(row.count)
    change.values.reserveCapacity(row.count)
    for member in row.members {
      if reading.source.isUnwrapped, EnvelopeReading.ownMembers(member.key) { continue }
      if placeholders.contains(member.value) {
        absent.append(member.key)
        continue
      }
      names.append(member.key)
      change.values.append(try text(member.value, of: member.key, reading.form, index))
    }
    change.columns = bronzeNames(of: names, index)
    if !absent.isEmpty { change.absentColumns = bronzeNames(of: absent, index) }
  }

  private func text(
    _ value: JSONValue, of column: String, _ form: EventForm, _ index: EventTables.Index
  ) throws(EventRefusal) -> [UInt8]? {
    let valueForm = tables[index].forms[column] ?? form.columns[column] ?? .plain
    do {
      return try valueForm.text(of: value)
    } catch {
      throw .value(column, error.value)
    }
  }

  // MARK: Keys

  private func hasKey(_ row: JSONValue, _ index: EventTables.Index) -> Bool {
    tables[index].table.source.keys.allSatisfy { name in
      EventDecoder.member(name, of: row).map { !$0.value.isNull } ?? false
    }
  }

  private func keyNames(in row: JSONValue, _ index: EventTables.Index) -> [String] {
    tables[index].table.source.keys.compactMap { EventDecoder.member($0, of: row)?.key }
  }

  private func key(
    in row: JSONValue, _ form: EventForm, _ index: EventTables.Index
  ) throws(EventRefusal) -> [[UInt8]?] {
    var key: [[UInt8]?] = []
    for name in tables[index].table.source.keys {
      guard let member = EventDecoder.member(name, of: row) else {
        throw .noKey(tables[index].table.source.keys)
      }
      key.append(try text(member.value, of: member.key, form, index))
    }
    return key
  }

  /// The member called `name`: as written, else letter case aside where only one fits.
  private static func member(_ name: String, of row: JSONValue) -> JSONObject.Member? {
    guard let members = row.object?.members else { return nil }
    if let exact = members.last(where: { $0.key == name }) { return exact }
    let lowered = name.lowercased()
    let fitting = members.filter { $0.key.lowercased() == lowered }
    return fitting.count == 1 ? fitting[0] : nil
  }

  private func bronzeNames(of names: [String], _ index: EventTables.Index) -> [String] {
    if let known = bronzeNames[index]?[names] { return known }
    let found = ChangeColumns.bronzeNames(
      of: names, reserved: tables[index].table.reservedColumns)
    bronzeNames[index, default: [:]][names] = found
    return found
  }
}

/// Why a record is no change of a row: the rule that it breaks, and the rule in words.
struct EventRefusal: Error {
  let rule: String
  let words: String

  static let notJSON = EventRefusal(rule: "valid_json", words: "not a JSON object")
  static let noEvent = EventRefusal(
    rule: "change_event", words: "neither an envelope of Debezium nor a row of a table")
  static let noTable = EventRefusal(
    rule: "table_present", words: "nothing says of which table it is")
  static let documents = EventRefusal(
    rule: "rows_only", words: "a change of a document; only those of tables are taken")

  static func operation(_ name: String) -> EventRefusal {
    EventRefusal(rule: "op_known", words: "'op' is '\(name.prefix(40))', not c, r, u, d, t or m")
  }

  static func noKey(_ keys: [String]) -> EventRefusal {
    EventRefusal(rule: "key_present", words: "no value of the key \(keys.joined(separator: ", "))")
  }

  static func noRow(_ operation: String) -> EventRefusal {
    EventRefusal(rule: "row_present", words: "'op' is '\(operation)', but 'after' is no row")
  }

  static func value(_ column: String, _ value: JSONValue) -> EventRefusal {
    let text = JSONWriter.text(value)
    return EventRefusal(
      rule: "value_readable",
      words: "'\(column)' is \(text.count > 40 ? text.prefix(40) + "…" : text[...]), which is not "
        + "what its type is written as")
  }
}
