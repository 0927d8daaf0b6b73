import Bronze
import Core
import Governance
import Ingest
import JSON
import LakeJobs
import LakeSupport
import Lakehouse
import TestSupport
import Testing

@Suite struct TillSequencesTests {
  private func told(_ gaps: [TillSequences.Gap]?) -> [String] {
    (gaps ?? []).map { "\($0.till) \($0.numbers.lowerBound)-\($0.numbers.upperBound)" }
  }

  @Test func `gaps are opened, and filled by what comes late; what comes again is no error`()
    throws
  {
    let watch = try TillObserver()
    let lines = watch.events([3, 4, 7, 9]) + watch.events([1], till: "T2")
    let first = try watch.take("1.ndjson", lines)
    #expect(told(first.news.sequence?.opened) == ["S1 T1 5-6", "S1 T1 8-8"])
    #expect(try watch.gaps() == ["S1 T1 5-6", "S1 T1 8-8"])
    let second = try watch.take("2.ndjson", watch.events([6, 7, 2, 10]))
    #expect(told(second.news.sequence?.opened) == [])
    #expect(told(second.news.sequence?.filled) == ["S1 T1 6-6"])
    #expect(second.news.sequence?.repeatedCount == 1)
    #expect(try watch.gaps() == ["S1 T1 5-5", "S1 T1 8-8"])
    let third = try watch.take(segment: watch.events([5, 5, 8]) + watch.events([4], till: "T2"))
    #expect(told(third.news.sequence?.filled) == ["S1 T1 5-5", "S1 T1 8-8"])
    #expect(told(third.news.sequence?.opened) == ["S1 T2 2-3"])
    #expect(third.news.sequence?.repeatedCount == 1)
    let report = third.commit?.report(
      of: try watch.contract(), job: "x", news: third.news)
    let facet = try #require(report?.sequenceGaps)
    #expect(facet.field == "no" && facet.opened == 2 && facet.filled == 2 && facet.open == 2)
    #expect(facet.openSenders == 1 && facet.gaps == [.init(["S1", "T2"], first: 2, last: 3)])
    // A file that is known, or refused, counts nothing.
    #expect(try watch.take("1.ndjson", lines).commit == nil)
    let refused = try watch.take("bad.ndjson", watch.events([99]) + ["x", "y", "z"])
    #expect(refused.refused.count == 1 && refused.commit == nil)
    #expect(try watch.gaps() == ["S1 T2 2-3"])
  }

  @Test func `without the property nothing is kept`() throws {
    let watch = try TillObserver(properties: "'x.a' = 'b'")
    let outcome = try watch.take("1.ndjson", watch.events([1, 9]))
    #expect(outcome.news.sequence == nil && outcome.commit?.state == .null)
    #expect(try watch.ingest().sequences() == nil)
  }

  @Test func `what has no till or no number does not count, and no value does harm`() throws {
    let watch = try TillObserver()
    let odd = [
      "-5", "1.5", #""seven""#, "null", "1e9", "[1]", "99999999999999999999", #""""#, "true",
    ]
    let lines =
      odd.map { watch.event("a\($0.count)", number: $0) } + [watch.event("b")]
      + [watch.event("c", number: "5", store: "null"), watch.event("d", number: "5", till: "[]")]
      + [watch.event("e", number: #""0012""#), watch.event("f", number: "999999999999999999")]
    let outcome = try watch.take("1.ndjson", lines)
    #expect(outcome.acceptedCount == lines.count)
    #expect(outcome.news.sequence?.uncountedCount == odd.count + 3)
    #expect(try watch.gaps() == ["S1 T1 13-999999999999999998"])
    #expect(
      JSONWriter.text(try #require(outcome.commit?.state))
        == #"{"sequences":{"no by store_id, register_id":["#
        + #"{"till":["S1","T1"],"seen":[12,12,999999999999999999,999999999999999999]}]}}"#)
  }

  @Test func `gaps of wild numbers add up to no more than there is`() throws {
    let watch = try TillObserver()
    let lines = (0..<20).flatMap { till in
      watch.events([0, 999_999_999_999_999_999], till: "T\(till)")
    }
    let outcome = try watch.take("1.ndjson", lines)
    #expect(outcome.news.sequence?.opened.numberCount == .max)
    #expect(outcome.news.sequence?.opened.count == 20)
  }

  @Test func `the contract names other fields of a till`() throws {
    let watch = try TillObserver(
      properties: "'ingest.sequence' = 'no', 'ingest.register' = ' register_id '")
    _ = try watch.take("1.ndjson", watch.events([1, 3]))
    #expect(try watch.gaps() == ["T1 2-2"])
  }

  @Test func `offsets and numbers stand in one state and leave each other alone`() throws {
    let watch = try TillObserver()
    let records = watch.events([1, 2, 5]).enumerated().map { watch.record($0.offset, $0.element) }
    #expect(
      try told(watch.take(segment: records, consumer: "c").news.sequence?.opened) == ["S1 T1 3-4"])
    _ = try watch.take("1.ndjson", watch.events([3]))
    let again = try watch.take(
      segment: records + [watch.record(3, watch.events([7])[0])], consumer: "c")
    #expect(again.repeatedCount == 3 && again.news.sequence?.repeatedCount == 0)
    #expect(try watch.gaps() == ["S1 T1 4-4", "S1 T1 6-6"])
    let offsets = try watch.ingest().offsets(of: "c")
    #expect(offsets.next[.init(topic: "tills", number: 0)] == 4)
  }

  @Test func `a line set aside is missing until it is replayed`() throws {
    let watch = try TillObserver()
    let bad = watch.events([2])[0].replacing("event_type", with: "type")
    _ = try watch.take("1.ndjson", watch.events([1]) + [bad] + watch.events([3]))
    #expect(try watch.gaps() == ["S1 T1 2-2"])
    let quarantine = try watch.lake.workspace().quarantine(named: "events")
    var rows: [ReplayRequest] = []
    try quarantine.forEachRow { row, _ in
      rows.append(.init(row, raw: Array(watch.events([2])[0].utf8)))
    }
    let done = try quarantine.replay(
      rows, .init(by: "a person", why: "a test"), tool: "quarantine", threads: 1)
    #expect(told(done.news.sequence?.filled) == ["S1 T1 2-2"])
    #expect(try watch.gaps() == [])
  }

  @Test func `a line of a wrong time that is replayed is judged once more`() throws {
    let watch = try TillObserver()
    let good = watch.events([1])[0]
    let bad = good.replacing("\"event_time\":\"2", with: "\"event_time\":\"x2")
    _ = try watch.take("1.ndjson", [good, bad, bad] + watch.events([2, 3]))
    let quarantine = try watch.lake.workspace(run: "replay").quarantine(named: "events")
    var rows: [ReplayRequest] = []
    try quarantine.forEachRow { row, _ in
      #expect(row.rule == "event_time_valid" && row.reason.contains("'x2"))
      rows.append(.init(row, raw: rows.isEmpty ? nil : Array(good.utf8)))
    }
    _ = try quarantine.replay(
      rows, .init(by: "a person", why: "a test"), tool: "quarantine", threads: 1)
    var waiting: [String] = []
    try watch.lake.workspace().quarantine(named: "events").forEachRow { row, isReplayed in
      if !isReplayed { waiting.append("\(row.sourceLine) \(row.sourceOffset ?? -1) \(row.rule)") }
    }
    #expect(waiting == ["2 \(good.utf8.count + 1) event_time_valid"])
  }

  @Test func `a million gaps stay small, and those that are given up are counted`() throws {
    let watch = try TillObserver()
    let outcome = try watch.take(
      "1.ndjson", watch.events((0..<1_000_000).lazy.map { 2 * $0 }))
    let sequence = try #require(outcome.news.sequence)
    #expect(sequence.open.count == 255 && sequence.givenUpCount == 999_999 - 255)
    #expect(told(sequence.opened).last == "S1 T1 1999997-1999997")
    #expect(JSONWriter.text(try #require(outcome.commit?.state)).utf8.count < 8_000)
    #expect(try watch.ingest().sequences()?.givenUp.map(\.count) == [999_999 - 255])
    let next = try watch.take("2.ndjson", watch.events([1, 1_999_997, 2_000_000]))
    #expect(told(next.news.sequence?.filled) == ["S1 T1 1999997-1999997"])
    #expect(next.news.sequence?.repeatedCount == 1 && next.news.sequence?.givenUpCount == 0)
  }

  @Test(arguments: 1...25 as ClosedRange<UInt64>)
  func `however events come, what is missing is what did not come`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let watch = try TillObserver()
    var seen: [String: Set<Int>] = [:]
    var offset = 0
    for step in 0..<8 {
      let till = ["T1", "T2"].randomElement(using: &random) ?? "T1"
      let start = Int.random(in: 0...40, using: &random)
      let numbers = (start..<(start + 30)).filter { _ in Int.random(in: 0...3, using: &random) > 0 }
        .shuffled(using: &random)
      let before = seen[till] ?? []
      let outcome: EventIngest.Outcome
      switch Int.random(in: 0...2, using: &random) {
      case 0: outcome = try watch.take("\(step).ndjson", watch.events(numbers, till: till))
      case 1: outcome = try watch.take(segment: watch.events(numbers, till: till))
      default:
        let records = watch.events(numbers, till: till).enumerated().map {
          watch.record(offset + $0.offset, $0.element)
        }
        offset += numbers.count
        outcome = try watch.take(segment: records, consumer: "c")
      }
      guard outcome.commit != nil else { continue }
      seen[till, default: []].formUnion(numbers)
      func missing(_ all: Set<Int>) -> Set<Int> {
        Set((all.min() ?? 0)..<(all.max() ?? 0)).subtracting(all)
      }
      let after = missing(seen[till] ?? [])
      func all(_ gaps: [TillSequences.Gap]?) -> Set<Int> {
        Set((gaps ?? []).flatMap { $0.numbers.map { Int($0) } })
      }
      let news = outcome.news.sequence
      #expect(all(news?.opened) == after.subtracting(missing(before)), "seed \(seed)")
      #expect(all(news?.filled) == missing(before).subtracting(after), "seed \(seed)")
      #expect(news?.repeatedCount == before.intersection(numbers).count, "seed \(seed)")
      let open = try watch.ingest().sequences()?.gaps.filter { $0.till.names == ["S1", till] }
      #expect(all(open) == after, "seed \(seed)")
    }
  }

  @Test(arguments: [FaultyFileSystem.Mode.fail, .kill, .killLosingNames])
  func `killed at any step, events and numbers are both there or neither`(
    mode: FaultyFileSystem.Mode
  ) throws {
    func run(_ watch: TillObserver, _ files: any FileSystem, _ name: String = "run") throws {
      let records = watch.events([1, 2, 5]).enumerated().map { watch.record($0.offset, $0.element) }
      _ = try watch.take(
        segment: records, consumer: "c", into: watch.ingest(files, run: name))
    }
    let counting = FaultyFileSystem()
    try run(try TillObserver(), counting)
    for step in 1...counting.stepCount {
      let watch = try TillObserver()
      _ = try? run(watch, FaultyFileSystem(faultAt: step, mode))
      let isTaken = try watch.ingest().offsets(of: "c").next.isEmpty == false
      #expect(try watch.gaps() == (isTaken ? ["S1 T1 3-4"] : []), "step \(step)")
      try run(watch, LocalFileSystem(), "again")
      #expect(try watch.gaps() == ["S1 T1 3-4"], "step \(step)")
    }
  }
}
