import Bronze
import Core
import JSON
import LakeJobs
import LakeSupport
import TestSupport
import Testing

@testable import Ingest

@Suite struct KafkaIngestTests {
  private let lake: TestLake

  init() throws { lake = try .sample() }

  private func ingest(
    _ files: any FileSystem = LocalFileSystem(), run: String = "run"
  ) throws -> EventIngest {
    try lake.eventIngest(into: "till", requiring: ["id"], rejectLimit: 0.5, files, run: run)
  }

  private static let time = Timestamp.ofTests.microseconds / 1_000

  /// A record as `kcat -J` prints it.
  private func record(
    _ offset: Int, _ payload: String?, partition: Int = 0, topic: String = "tills",
    milliseconds: Int64 = time
  ) -> String {
    let value: JSONValue = [
      "topic": .string(topic), "partition": JSONValue(partition), "offset": JSONValue(offset),
      "tstype": "create", "ts": JSONValue(milliseconds), "broker": 1, "key": nil,
      "payload": payload.map { .string($0) } ?? nil,
    ]
    return JSONWriter.text(value) + "\n"
  }

  private func event(_ id: Int) -> String { #"{"id":"\#(id)","store":"S1"}"# }

  private func take(_ text: String, consumer: String = "c") throws -> EventIngest.Outcome {
    try ingest().take(
      .init(bytes: Array(text.utf8), linesBefore: 0), of: "standard input", consumer: consumer)
  }

  @Test func `records come once, whatever is read again`() throws {
    let all = (0..<10).map { record($0, event($0)) }
    let first = try take(all[0..<6].joined())
    #expect(first.acceptedCount == 6 && first.repeatedCount == 0)
    let second = try take(all[3..<10].joined())
    #expect(second.acceptedCount == 4 && second.repeatedCount == 3)
    #expect(second.holes.byPartition.isEmpty)
    #expect(try take(all.joined()).commit == nil)
    #expect(try lake.orderedRows("SELECT id FROM bronze.till") == (0..<10).map(String.init))
    let offsets = try ingest().offsets(of: "c")
    #expect(offsets.arguments(for: .init(topic: "tills", number: 0)) == "-t tills -p 0 -o 10")
    #expect(
      offsets.arguments(for: .init(topic: "tills", number: 1)) == "-t tills -p 1 -o beginning")
  }

  @Test(arguments: [(0, Int.max), (0, -1), (-1, 3)])
  func `a record that stands nowhere is set aside`(_ partition: Int, _ offset: Int) throws {
    let outcome = try take(
      record(1, event(1)) + record(offset, event(2), partition: partition) + record(2, event(3)))
    #expect(outcome.acceptedCount == 2 && outcome.rejectedCount == 1)
    #expect(outcome.holes.byPartition.isEmpty)
    let offsets = try ingest().offsets(of: "c")
    #expect(offsets.next.count == 1)
    #expect(offsets.arguments(for: .init(topic: "tills", number: 0)) == "-t tills -p 0 -o 3")
  }

  @Test func `holes are counted to the end of all offsets`() throws {
    let outcome = try take(record(0, event(1)) + record(Int.max - 1, event(2)))
    #expect(outcome.acceptedCount == 2)
    let partition = KafkaOffsets.Partition(topic: "tills", number: 0)
    #expect(outcome.holes.byPartition[partition]?.count == Int64.max - 2)
  }

  @Test func `a topic that was made anew is told, not taken for repeats`() throws {
    let old = (0..<4).map { record($0, event($0), milliseconds: Self.time + Int64($0 % 2)) }
    _ = try take(old.joined())
    // Repeats are of times that were read, in whatever order, and some records tell none.
    #expect(try take(old[0..<2].joined() + old[1]).repeatedCount == 3)
    #expect(try take(record(2, event(2), milliseconds: -1)).repeatedCount == 1)
    let anew = record(0, event(10), milliseconds: Self.time + 60_000)
    let fault = #expect(throws: Fault.self) { try take(anew) }
    #expect(fault?.kind == .configuration && fault?.remedy.contains("--consumer") == true)
    #expect(try take(anew, consumer: "d").acceptedCount == 1)
    #expect(try lake.orderedRows("SELECT id FROM bronze.till") == ["0", "1", "2", "3", "10"])
  }

  @Test func `partitions, topics and consumers have positions of their own`() throws {
    let text = [
      record(7, event(1), partition: 0), record(3, event(2), partition: 1),
      record(4, event(3), partition: 1), record(0, event(4), topic: "web"),
    ].joined()
    #expect(try take(text).acceptedCount == 4)
    #expect(try take(text, consumer: "other").acceptedCount == 4)
    #expect(try take(record(5, event(5), partition: 1)).acceptedCount == 1)
    let next = try ingest().offsets(of: "c").next
    #expect(next[.init(topic: "tills", number: 0)] == 8)
    #expect(next[.init(topic: "tills", number: 1)] == 6)
    #expect(next[.init(topic: "web", number: 0)] == 1)
    #expect(try ingest().offsets(of: "other").next[.init(topic: "tills", number: 1)] == 5)
    #expect(try ingest().offsets(of: "nobody").next.isEmpty)
  }

  @Test func `files that come between leave the position alone`() throws {
    _ = try take(record(0, event(0)))
    let file = try lake.folder.write("day.ndjson", event(1) + "\n")
    _ = try ingest().take([.file(file)])
    #expect(try ingest().offsets(of: "c").next[.init(topic: "tills", number: 0)] == 1)
  }

  @Test func `what did not come is told of`() throws {
    _ = try take(record(0, event(0)))
    let outcome = try take(record(4, event(4)) + record(5, event(5)) + record(9, event(9)))
    let hole = outcome.holes.byPartition[.init(topic: "tills", number: 0)]
    #expect(hole == .init(count: 6, first: 1, last: 8))
  }

  @Test func `what Kafka would not call a topic is none, and no word of a command`() throws {
    let names = ["a -F /etc/passwd", "$(x)", "a\nb", "..", "", String(repeating: "t", count: 250)]
    let good = (0..<10).map { record($0, event($0)) }
    let outcome = try take((good + names.map { record(0, event(0), topic: $0) }).joined())
    #expect(outcome.acceptedCount == good.count && outcome.rejectedCount == names.count)
    #expect(try ingest().offsets(of: "c").next.keys.map(\.topic) == ["tills"])
    for name in names { #expect(KafkaOffsets.Partition("\(name)/0") == nil) }
  }

  @Test func `a poison record is set aside with its offset, and the others go on`() throws {
    let text = [
      record(0, event(0)), record(1, "no event"), record(2, nil), record(3, " \n"),
      record(4, #"{"store":"S1"}"#), record(5, "{\"id\":\n\"5\"}\n"), "{\"topic\":\"tills\"}\n",
      record(6, event(6)), #"{"topic":"tills","parti"#,
    ].joined()
    let outcome = try take(text)
    #expect(outcome.acceptedCount == 3 && outcome.rejectedCount == 6)
    #expect(try lake.orderedRows("SELECT id FROM bronze.till") == ["0", "5", "6"])
    let found = try lake.rows(
      "SELECT concat_ws(' ', rule, source_file, source_line, source_offset) FROM quarantine.till")
    #expect(
      found == [
        "id_present kafka:tills/0 4", "kcat_envelope standard input 7",
        "payload_present kafka:tills/0 2", "payload_present kafka:tills/0 3",
        "truncated_line standard input 9", "valid_json kafka:tills/0 1",
      ])
  }

  /// A record whose key is bytes that are no text, as a serializer of numbers writes them.
  private func binaryRecord(_ offset: Int, _ payload: [UInt8]) -> [UInt8] {
    let head = #"{"topic":"tills","partition":0,"offset":\#(offset),"ts":1,"key":"\u0000"#
    return Array(head.utf8) + [0x80, 0xC8] + Array(#"","payload":""#.utf8) + payload
      + Array("\"}\n".utf8)
  }

  /// An event as the replay asks for it.
  private func wholeEvent(_ id: Int) -> String {
    #"{"event_id":"e","event_type":"sale","event_time":"2026-03-01T00:00:00Z","id":"\#(id)"}"#
  }

  private func take(_ bytes: [UInt8]) throws -> EventIngest.Outcome {
    try ingest().take(.init(bytes: bytes, linesBefore: 0), of: "standard input", consumer: "c")
  }

  @Test func `a good payload is taken whatever its key is`() throws {
    let payload = Array(#"{\"id\":\"é\u00e9\ud83d\ude00\",\"store\":\"S\n1\"}"#.utf8)
    let bytes = binaryRecord(0, payload) + Array(record(1, event(1)).utf8)
    #expect(try take(bytes).acceptedCount == 2)
    #expect(try lake.orderedRows("SELECT id FROM bronze.till") == ["éé😀", "1"])
    let again = try take(bytes)
    #expect(again.repeatedCount == 2 && again.commit == nil)
  }

  @Test func `a payload that is no text passes the offset, once, and is replayed when mended`()
    throws
  {
    let broken = Array(#"{\"id\":\"7"#.utf8) + [0xFF] + Array(#"\"}"#.utf8)
    let bytes = binaryRecord(5, broken) + binaryRecord(6, Array("null".utf8))
    for _ in 0..<2 { _ = try take(bytes) }
    #expect(try ingest().offsets(of: "c").next[.init(topic: "tills", number: 0)] == 7)
    let found = "concat_ws(' ', rule, source_file, source_line)"
    #expect(
      try lake.rows("SELECT \(found) FROM quarantine.till") == [
        "valid_json kafka:tills/0 5", "valid_json kafka:tills/0 6",
      ])
    #expect(try lake.replay("till") { text, _ in text == "null" ? nil : wholeEvent(7) } == 1)
    #expect(try lake.orderedRows("SELECT id FROM bronze.till") == ["7"])
  }

  @Test func `of a record that is too long the offset is passed`() throws {
    let long =
      #"{"topic":"tills","partition":0,"offset":3,"key":""#
      + String(repeating: "k", count: 16 << 20)
    let outcome = try take(long + "\n" + record(4, event(4)))
    #expect(outcome.acceptedCount == 1 && outcome.rejectedCount == 1)
    #expect(try lake.rows("SELECT rule FROM quarantine.till") == ["line_length"])
    #expect(try ingest().offsets(of: "c").next[.init(topic: "tills", number: 0)] == 5)
  }

  @Test func `lines that are no records are set aside once`() throws {
    let strays = "% Reached end of topic\n{\"topic\":\"tills\"}\n"
    for offset in 0..<3 { _ = try take(strays + record(offset, event(offset))) }
    #expect(try take(strays).commit == nil)
    #expect(try lake.rows("SELECT rule FROM quarantine.till").count == 2)
    #expect(try lake.orderedRows("SELECT id FROM bronze.till") == ["0", "1", "2"])
  }

  @Test func `of a record that was set aside as it came, the replay takes the payload`() throws {
    // As earlier versions set aside what has a key that is no text.
    let contract = try lake.contract("till")
    let log = BronzeLog(folder: contract.folder, fileSystem: LocalFileSystem())
    do {
      let append = try BronzeAppend(log, lake: lake.opened(), tool: "ingest-pos")
      let rejects = try RejectWriter(append, lake.opened(), contract.name)
      let envelope = Array(record(9, wholeEvent(9), partition: 2).utf8.dropLast())
      try rejects.append(envelope, .noRecord, at: LinePlace(source: "standard input", line: 1))
      try rejects.publish()
      _ = try append.commit()
    }
    #expect(try lake.replay("till") { text, _ in text } == 1)
    #expect(try lake.orderedRows("SELECT id FROM bronze.till") == ["9"])
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `killed at sampled steps, it has every record once in the end`(
    mode: FaultyFileSystem.Mode
  ) throws {
    let text = (0..<5).map { record($0, $0 == 2 ? "bad" : event($0)) }.joined()
    let segment = EventSegments.Segment(bytes: Array(text.utf8), linesBefore: 0)
    func run(
      _ one: KafkaIngestTests, _ files: any FileSystem, _ name: String = "run"
    ) throws {
      _ = try one.ingest(files, run: name).take(segment, of: "standard input", consumer: "c")
    }
    let counting = FaultyFileSystem()
    try run(self, counting)
    #expect(counting.stepCount > 5)
    FaultyFileSystem.tellSteps(of: counting.stepCount, mode, in: "records of a topic")
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 3) {
      let one = try KafkaIngestTests()
      _ = try? run(one, FaultyFileSystem(faultAt: step, mode))
      try run(one, LocalFileSystem(), "again")
      #expect(
        try one.lake.orderedRows("SELECT id FROM bronze.till") == ["0", "1", "3", "4"],
        "step \(step)")
      #expect(try one.lake.rows("SELECT raw FROM quarantine.till") == ["bad"], "step \(step)")
    }
  }
}
