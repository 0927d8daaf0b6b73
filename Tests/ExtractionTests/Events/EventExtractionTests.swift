import Bronze
import Columnar
import Core
import Ingest
import JSON
import LakeJobs
import LakeSupport
import TestSupport
import Testing

@testable import Extraction

/// Streams of events into bronze: what each says, and that nothing is lost, doubled or silent.
@Suite struct EventExtractionTests {
  private let lake: TestLake
  private let failures = Failures()

  /// What was given to `fail`.
  private final class Failures {
    var faults: [any Error] = []
  }

  init() throws {
    lake = try TestLake(
      setup: """
        CREATE TABLE bronze.shop_items (
          id STRING, note STRING, at STRING, __op STRING, __sequence BIGINT,
          __committed_at TIMESTAMP
        ) USING parquet LOCATION 'shop/items';
        CREATE TABLE bronze.shop_pairs (
          a STRING, b STRING, __op STRING, __sequence BIGINT, __committed_at TIMESTAMP
        ) USING parquet LOCATION 'shop/public.pairs';
        """)
    try lake.write(
      "sources.yml",
      """
      systems:
        shop:
          kind: debezium
          location: shop
          placeholder: [kept]
          tables:
            items: {keys: [id], types: {at: io.debezium.time.MicroTimestamp}}
            public.pairs: {keys: [a, b]}
      """)
  }

  /// Takes each of `parts`, a text of lines, as one part of a stream.
  @discardableResult
  private func take(
    _ parts: [String], accepting deletes: Int? = nil, run: String = "run"
  ) throws -> EventExtraction {
    let workspace = try lake.workspace(run: run)
    let extraction = try EventExtraction(
      of: workspace.sources().systems, workspace, tool: "cdc-extract", consumer: "test",
      acceptedDeletes: deletes
    ) { failures.faults.append($0) }
    var linesBefore = 0
    for part in parts {
      try extraction.take(
        EventSegments.Segment(bytes: Array(part.utf8), linesBefore: linesBefore), of: "-"
      ) { _ in
      } fail: {
        failures.faults.append($0)
      }
      linesBefore += part.count { $0 == "\n" }
    }
    try extraction.finish("-") { _ in
    } fail: {
      failures.faults.append($0)
    }
    return extraction
  }

  private func items() throws -> [String] {
    try lake.orderedRows(
      "SELECT __op, __sequence, id, note, at FROM bronze.shop_items ORDER BY __sequence")
  }

  private func rejects() throws -> [String] {
    try lake.rows("SELECT rule, source_file, source_line FROM quarantine.shop_items")
  }

  private func event(
    _ operation: String, before: String = "null", after: String = "null", table: String = "items",
    lsn: Int = 1, transaction: Int = 1, time: Int = 1_772_353_800_000
  ) -> String {
    #"{"before":\#(before),"after":\#(after),"source":{"connector":"postgresql","name":"shop","#
      + #""ts_ms":\#(time),"db":"d","schema":"public","table":"\#(table)","txId":\#(transaction),"#
      + #""lsn":\#(lsn)},"op":"\#(operation)","ts_ms":\#(time + 5)}"#
  }

  private func record(
    _ payload: String?, _ offset: Int, topic: String = "shop.public.items", key: String? = nil,
    headers: String? = nil
  ) -> String {
    func quoted(_ text: String?) -> String {
      text.map { JSONWriter.text(.string($0)) } ?? "null"
    }
    let headers = headers.map { #""headers":["\#($0)","x"],"# } ?? ""
    return #"{"topic":"\#(topic)","partition":0,"offset":\#(offset),"ts":17,\#(headers)"#
      + #""key":\#(quoted(key)),"payload":\#(quoted(payload))}"# + "\n"
  }

  @Test func `inserts, updates and deletes come as they were told`() throws {
    let lines = [
      event("r", after: #"{"id":1,"note":"a","at":1772353800000000}"#),
      event("u", before: #"{"id":1}"#, after: #"{"id":1,"note":null,"at":0}"#, lsn: 2),
      event("u", after: #"{"id":1,"note":"kept","at":1}"#, lsn: 3),
      event("d", before: #"{"id":1,"note":"default","at":null}"#, lsn: 4), "null",
    ]
    let done = try take([lines.joined(separator: "\n") + "\n"])
    #expect(
      try items() == [
        "r|1|1|a|2026-03-01 08:30:00", "u|2|1|NULL|1970-01-01 00:00:00",
        "u|3|1|NULL|1970-01-01 00:00:00.000001", "d|4|1|NULL|NULL",
      ])
    let files = try BronzeTable(lake.contract("shop_items"), lake: lake.opened()).parquetFiles
    let columns = try files.map { try $0().schema.names.filter { !$0.hasPrefix("__") } }
    #expect(Set(columns) == [["id", "note", "at"], ["id", "at"], ["id"]])
    #expect(done.passed == [.tombstone: 1])
    #expect(failures.faults.isEmpty)
  }

  @Test func `a stream that comes again is taken once, and so is an event`() throws {
    let first = event("c", after: #"{"id":1,"note":"a"}"#)
    let second = event("c", after: #"{"id":2,"note":"a"}"#)
    try take([record(first, 0) + record(second, 1)])
    // Debezium sends the second again, and behind it a third in the same place of the log.
    let third = event("c", after: #"{"id":3,"note":"a"}"#)
    let more = record(first, 0) + record(second, 1) + record(second, 2) + record(third, 3)
    try take([more], run: "next")
    try take([more], run: "last")
    #expect(try items().map { $0.prefix(5) } == ["c|1|1", "c|2|2", "c|3|3"])
    let offsets = try take([], run: "look").offsets()
    #expect(offsets.next == [KafkaOffsets.Partition(topic: "shop.public.items", number: 0): 4])
    // Lines without offsets are known by the digest of their part.
    let plain = event("c", after: #"{"id":4,"note":"a"}"#, lsn: 9) + "\n"
    try take([plain], run: "plain")
    try take([plain], run: "again")
    #expect(try items().count == 4)
  }

  @Test func `a change of a key is a delete and a create in one commit, with what was large`()
    throws
  {
    let created = event("c", after: #"{"id":1,"note":"large","at":0}"#)
    let gone = event("d", before: #"{"id":1}"#, lsn: 2, transaction: 2)
    let come = event("c", after: #"{"id":2,"note":"kept","at":5}"#, lsn: 3, transaction: 2)
    try take([
      record(created, 0) + record(gone, 1, headers: "__debezium.newkey"),
      record(nil, 2, key: #"{"id":1}"#) + record(come, 3, headers: "__debezium.oldkey"),
    ])
    #expect(
      try items() == [
        "c|1|1|large|1970-01-01 00:00:00", "d|2|1|NULL|NULL",
        "c|3|2|large|1970-01-01 00:00:00.000005",
      ])
    let log = BronzeLog(
      folder: try lake.contract("shop_items").folder, fileSystem: LocalFileSystem())
    #expect(try log.commits().count == 1)
    let moved = event(
      "u", before: #"{"id":2,"note":"x","at":5}"#, after: #"{"id":3,"note":"kept","at":6}"#,
      lsn: 4, transaction: 3)
    try take([record(moved, 4)], run: "next")
    #expect(
      try items().suffix(2) == ["d|4|2|NULL|NULL", "c|5|3|large|1970-01-01 00:00:00.000006"])
  }

  @Test func `a truncation deletes what is there, when it may`() throws {
    let rows = (1...12).map { event("c", after: #"{"id":\#($0),"note":"a"}"#) + "\n" }.joined()
    let emptied = event("t", lsn: 3) + "\n"
    let other = event("c", after: #"{"a":1,"b":2}"#, table: "pairs") + "\n"
    try take([rows, emptied + other])
    #expect(try items().count == 12)
    #expect(failures.faults.map { "\($0)" }.first?.contains("--accept-deletes 12") == true)
    #expect(try lake.rows("SELECT __op, a, b FROM bronze.shop_pairs") == ["c|1|2"])
    try take([rows, emptied + other], accepting: 12, run: "accepted")
    #expect(try items().count == 24)
    #expect(try lake.rows("SELECT __op, a, b FROM bronze.shop_pairs") == ["c|1|2"])
  }

  @Test func `rows alone tell deletes by tombstones or by a mark`() throws {
    let row = #"{"id":1,"note":"a","__op":"c","__table":"items","__source_ts_ms":1772353800000}"#
    let marked = #"{"id":2,"note":"a","__deleted":"true","__table":"items"}"#
    try take([
      record(row, 0) + record(#"{"id":2,"note":"b"}"#, 1) + record(nil, 2, key: #"{"id":1}"#)
        + record(marked, 3) + record(nil, 4, key: #"{"id":2}"#)
    ])
    #expect(
      try items() == [
        "c|1|1|a|NULL", "u|2|2|b|NULL", "d|3|1|NULL|NULL", "d|4|2|NULL|NULL",
      ])
  }

  @Test func `what is no event is set aside, and what is of no table is counted`() throws {
    let lines = [
      event("c", after: #"{"id":1}"#, table: "others"), "{", #"{"x":1}"#,
      event("x", after: #"{"id":1}"#), event("u"), event("c", after: #"{"note":"no key"}"#),
      event("c", after: #"{"id":1,"at":"soon"}"#),
      #"{"op":"c","after":"{}","source":{"connector":"mongodb","name":"shop","table":"items"}}"#,
      #"{"ts_ms":1}"#, #"{"status":"BEGIN","id":"1","event_count":null}"#,
      #"{"databaseName":"d","ddl":"DROP TABLE t"}"#,
      #"{"op":"m","source":{"table":""},"message":{"prefix":"p"}}"#,
    ]
    let done = try take([lines.joined(separator: "\n") + "\n{\"op\":\"c\",\"aft"])
    #expect(done.unknownTables == ["shop.d.public.others": 1])
    #expect(done.passed == [.heartbeat: 1, .transaction: 1, .schemaChange: 1, .message: 1])
    #expect(
      try rejects() == [
        "change_event|-|3", "key_present|-|6", "op_known|-|4", "row_present|-|5", "rows_only|-|8",
        "truncated_line|-|13", "valid_json|-|2", "value_readable|-|7",
      ])
  }

  @Test func `holes are told, and a record that cannot be read moves the offset`() throws {
    let row = event("c", after: #"{"id":1,"note":"a"}"#)
    let done = try take([
      record(row, 0) + record("{", 1) + record(event("d", before: #"{"id":1}"#), 5)
    ])
    let partition = KafkaOffsets.Partition(topic: "shop.public.items", number: 0)
    #expect(done.holes.byPartition[partition]?.count == 3)
    #expect(try done.offsets().next == [partition: 6])
    #expect(try rejects() == ["valid_json|kafka:shop.public.items/0|1"])
  }

  @Test func `a line that cannot be read has no place behind which there is none`() throws {
    let row = event("c", after: #"{"id":1,"note":"a"}"#)
    let last = #"{"topic":"shop.public.items","partition":0,"offset":9223372036854775807,"#
    let done = try take([record(row, 0) + last + #""payload":"\q"}"# + "\n"])
    let partition = KafkaOffsets.Partition(topic: "shop.public.items", number: 0)
    #expect(try done.offsets().next == [partition: 1])
    #expect(try rejects() == ["valid_json|-|2"])
  }

  @Test func `times never go back, and one transaction has one`() throws {
    let times = [(1, 50), (2, 40), (2, 40), (3, 60)].enumerated().map { index, change in
      event(
        "c", after: #"{"id":\#(index)}"#, lsn: index + 1, transaction: change.0,
        time: 1_772_353_800_000 + change.1)
    }
    try take([times.joined(separator: "\n") + "\n"])
    #expect(
      try lake.orderedRows("SELECT __committed_at FROM bronze.shop_items ORDER BY __sequence") == [
        "2026-03-01 08:30:00.05", "2026-03-01 08:30:00.050001", "2026-03-01 08:30:00.050001",
        "2026-03-01 08:30:00.06",
      ])
  }

  @Test func `the table of another schema is not mixed in`() throws {
    let mine = event("c", after: #"{"id":1,"note":"a"}"#)
    let other = mine.replacing("public", with: "archive")
    try take([mine + "\n" + other + "\n"])
    #expect(try items().count == 1)
    #expect(try rejects() == ["one_table|-|2"])
  }

  @Test func `a schema says how columns are written, and is read once`() throws {
    let fields = #"[{"type":"int32","field":"id"},{"type":"bytes","field":"note"}]"#
    let schema =
      #"{"type":"struct","fields":[{"type":"struct","fields":\#(fields),"#
      + #""field":"after"}],"name":"shop.public.items.Envelope"}"#
    let lines = (1...3).map { number in
      let payload = event("c", after: #"{"id":\#(number),"note":"AP8="}"#)
      return #"{"schema":\#(schema),"payload":\#(payload)}"# + "\n"
    }
    try take([lines.joined()])
    #expect(try items() == (1...3).map { "c|\($0)|\($0)|00FF|NULL" })
  }
}
