import Core
import Ingest
import JSON
import LakeSupport
import TestSupport
import Testing

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
    #expect(second.acceptedCount == 4 && second.repeatedCount == 3 && second.gaps.isEmpty)
    #expect(try take(all.joined()).commit == nil)
    #expect(try lake.orderedRows("SELECT id FROM bronze.till") == (0..<10).map(String.init))
    let offsets = try ingest().offsets(of: "c")
    #expect(offsets.arguments(for: .init(topic: "tills", number: 0)) == "-t tills -p 0 -o 10")
    #expect(
      offsets.arguments(for: .init(topic: "tills", number: 1)) == "-t tills -p 1 -o beginning")
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
    #expect(
      outcome.gaps == [
        "tills/0: offsets 1 to 3 did not come", "tills/0: offsets 6 to 8 did not come",
      ])
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
