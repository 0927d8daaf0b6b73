import Core
import Governance
import JSON
import TestSupport
import Testing

@Suite struct RunEventTests {
  @Test func `a line leads back to its event`() throws {
    let event = Example.event
    #expect(!event.line.contains("\n"))
    #expect(try RunEvent(parsing: event.line) == event)
  }

  @Test func `facets of others are kept, and unknown members passed over`() throws {
    let line = #"""
      {"eventTime":"2026-03-01T00:00:00+01:00","eventType":"COMPLETE","extra":[1],
       "producer":"https://x/y","schemaURL":"https://x/z",
       "run":{"runId":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","facets":{"theirs":{"a":1}}},
       "job":{"namespace":"n","name":"j"},
       "outputs":[{"namespace":"file","name":"/x","facets":{"schema":{"fields":[{"name":"a"}]}}}]}
      """#.replacing("\n", with: "")
    let event = try RunEvent(parsing: line)
    #expect(event.time.description == "2026-02-28T23:00:00Z")
    #expect(event.inputs == [])
    #expect(event.outputs[0].name.description == "file:/x")
    #expect(event.outputs[0].facets[SchemaFacet.self]?.fields == [.init("a", "")])
    #expect(event.line.contains(#""theirs":{"a":1}"#))
  }

  @Test func `what is no run event is refused with a remedy`() {
    for line in ["{}", "[", #"{"eventTime":"2026-03-01T00:00:00Z","job":{"name":"x"}}"#] {
      let fault = #expect(throws: Fault.self) { try RunEvent(parsing: line, at: Place("stdin")) }
      #expect(fault?.kind == .data)
    }
  }

  @Test func `a person reads a sentence`() {
    #expect(
      Example.event.sentence == "gold.daily: 2 rows added, 1 changed, 1 set aside, version 3")
    #expect(ChangeFacet(inserted: 1).sentence(ofView: true) == "1 row made")
    #expect(ChangeFacet(inserted: 1).sentence(ofView: false) == "1 row added")
  }
}

@Suite struct EventLogTests {
  private let folder = Workdir()

  @Test func `what is written is read, day by day`() throws {
    let log = EventLog(lake: folder.path, files: LocalFileSystem())
    var later = Example.event
    later.time = Timestamp(microseconds: later.time.microseconds + 86_400_000_000)
    try log.append([Example.event, later])
    try log.append([Example.event])
    #expect(try log.days().map(\.description) == ["2026-03-01", "2026-03-02"])
    #expect(try log.events() == [Example.event, Example.event, later])
    #expect(try log.events(since: later.time.date) == [later])
  }

  @Test func `a torn line costs no other`() throws {
    let event = Example.event
    let path = "_events/\(event.time.date).ndjson"
    try folder.write(path, event.line + "\n" + event.line.prefix(100))
    let log = EventLog(lake: folder.path, files: LocalFileSystem())
    #expect(try log.events() == [event])
    try log.append([event])
    #expect(try log.events() == [event, event])
  }

  @Test func `writers at once lose nothing`() throws {
    let lake = folder.path
    let event = Example.event
    try parallelForEach(Array(0..<30), threads: 4) { _ in
      try EventLog(lake: lake, files: LocalFileSystem()).append([event, event])
    }
    let events = try EventLog(lake: lake, files: LocalFileSystem()).events()
    #expect(events == Array(repeating: event, count: 60))
  }
}
