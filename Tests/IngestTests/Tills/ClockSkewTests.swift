import Core
import Governance
import Ingest
import LakeJobs
import LakeSupport
import TestSupport
import Testing

@Suite struct ClockSkewTests {
  private let watch: TillObserver

  init() throws { watch = try TillObserver(properties: "'x.a' = 'b'") }

  private func told(_ side: ClockSkew.Side) -> [String] {
    side.worst(10).map { till, deviation in
      "\(till): \(deviation.eventCount), \(Double(deviation.greatest) / 1_000_000)"
    }
  }

  @Test func `events ahead of the clock are taken as they are, and told of by till`() throws {
    let lines = [
      watch.event("1"), watch.event("2", seconds: 300), watch.event("3", seconds: 300.000001),
      watch.event("4", seconds: 4_000), watch.event("5", store: "null", seconds: 400),
      watch.event("6", store: "7", till: #""T9""#, seconds: 3_600), watch.event("7", seconds: -9e6),
    ]
    let outcome = try watch.take("day.ndjson", lines)
    #expect(outcome.acceptedCount == 7 && outcome.rejectedCount == 0)
    let skew = outcome.news.skew
    #expect(skew.ahead.eventCount == 4 && skew.late.eventCount == 0)
    #expect(told(skew.ahead) == ["S1 T1: 2, 4000.0", "7 T9: 1, 3600.0", "- T1: 1, 400.0"])
    #expect(outcome.news.sequence == nil)
    let facet = try #require(
      outcome.commit?.report(of: watch.contract(), job: "x", news: outcome.news).clockSkew)
    #expect(facet.ahead?.eventCount == 4 && facet.ahead?.senderCount == 3 && facet.late == nil)
    #expect(facet.ahead?.greatestSeconds == 4_000 && facet.toleranceSeconds == 300)
    #expect(facet.ahead?.worst.map(\.names) == [["S1", "T1"], ["7", "T9"], [nil, "T1"]])
  }

  @Test func `without anything off nothing is told`() throws {
    let outcome = try watch.take("day.ndjson", [watch.event("1"), watch.event("2", seconds: 299)])
    #expect(outcome.news.skew.isNone)
    let report = outcome.commit?.report(of: try watch.contract(), job: "x", news: outcome.news)
    #expect(report?.clockSkew == nil && report?.sequenceGaps == nil)
  }

  @Test func `a record of a topic tells when it was received`() throws {
    let received = Timestamp.ofTests.microseconds / 1_000 - 86_400_000
    func record(_ offset: Int, _ seconds: Double, received: Int64?) -> String {
      watch.record(
        offset, watch.event("\(offset)", till: "\"T\(offset)\"", seconds: seconds),
        received: received)
    }
    let outcome = try watch.take(
      segment: [
        record(0, -86_400, received: received), record(1, -86_000, received: received),
        record(2, -90_000, received: received), record(3, -86_400, received: -1),
        record(4, 400, received: -1), record(5, 400, received: nil), "no record",
        record(6, -90_000, received: nil),
      ], consumer: "c")
    #expect(outcome.acceptedCount == 7)
    #expect(
      told(outcome.news.skew.ahead) == ["S1 T1: 1, 400.0", "S1 T4: 1, 400.0", "S1 T5: 1, 400.0"])
    #expect(told(outcome.news.skew.late) == ["S1 T2: 1, 3600.0"])
  }

  @Test func `what is refused tells nothing`() throws {
    let path = try watch.folder.write("bad.ndjson", watch.event("1", seconds: 900) + "\nx\nx\n")
    let good = try watch.folder.write("good.ndjson", watch.event("2", seconds: 600) + "\n")
    let outcome = try watch.ingest().take([.file(path), .file(good), .file(good)])
    #expect(outcome.refused.count == 1)
    #expect(told(outcome.news.skew.ahead) == ["S1 T1: 1, 600.0"])
  }

  @Test func `names of tills do no harm to a terminal`() {
    #expect(Till(["a\u{1B}[2J\n", nil, ""]).description == "a?[2J? - -")
  }
}
