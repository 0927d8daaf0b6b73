import Core
import JSON
import TestSupport
import Testing
import TextFormats

/// What is asked of a line's time, and what is noted of lines that are kept.
@Suite struct JSONLineNotesTests {
  private func classify(
    _ text: String, _ fields: JSONLineCheck.Fields, noting watch: JSONLineCheck.Watch = .all
  ) throws -> (kept: String, outcome: JSONLineCheck.Outcome, senders: [[String?]]) {
    let block = ByteBlock(capacity: 0)
    block.append(Array(text.utf8)[...])
    let check = try JSONLineCheck(fields)
    let outcome = try check.classify(block, noting: watch)
    return (String(decoding: block.bytes, as: UTF8.self), outcome, check.senders)
  }

  private static let timed = JSONLineCheck.Fields(required: ["at"], time: "at")

  @Test func `a time that is none is set aside with what stands there`() throws {
    let wrong: [(json: String, told: String?)] = [
      (#""2026-02-30T12:00:00Z""#, "2026-02-30T12:00:00Z"),
      (#""2026-01-31T12:00:00""#, "2026-01-31T12:00:00"), (#""2026-01-31""#, "2026-01-31"),
      (#""2026-01-31T24:00:00Z""#, "2026-01-31T24:00:00Z"), (#"1767225600"#, "1767225600"),
      (#""now""#, "now"), ("true", nil), (#"{"a":"2026-01-31T12:00:00Z"}"#, nil), ("[1]", nil),
      (#""\u0032026""#, #"\u0032026"#), (#""2026-01-31T12:00:00Z ""#, "2026-01-31T12:00:00Z "),
    ]
    for (json, told) in wrong {
      let good = #"{"id":1,"at":"2026-01-31T12:00:00Z"}"#
      let sorted = try classify("\(good)\n{\"at\":\(json),\"id\":2}\n\(good)\n", Self.timed)
      #expect(sorted.kept == "\(good)\n\(good)\n")
      #expect(sorted.outcome.rejected.map(\.reason) == [.noTime("at", told)], "\(json)")
      #expect(sorted.outcome.noted.map(\.line) == [0, 2])
    }
    let lacking = try classify(#"{"at":null}"# + "\n" + #"{"at":""}"#, Self.timed)
    #expect(lacking.outcome.rejected.map(\.reason) == [.lacks("at"), .lacks("at")])
    let broken = try classify(#"{"at":"never""#, Self.timed)
    #expect(broken.outcome.rejected.map(\.reason) == [.noObject])
  }

  @Test func `a time is read however it is written, escapes too`() throws {
    let noon = Timestamp(microseconds: 1_769_860_800_000_000)
    let texts = [
      "2026-01-31T12:00:00Z", "2026-01-31t12:00:00z", "2026-01-31 12:00:00Z", "2026-01-31T12:00Z",
      "2026-01-31T14:00:00+02:00", "2026-01-31T14:00:00+0200", "2026-01-31T14:00:00+02",
      "2026-01-31T06:30:00.000000999-05:30", "\\u0032026-01-31T12:00:00Z",
    ]
    for text in texts {
      let sorted = try classify(#"{"at":"\#(text)"}"#, Self.timed)
      #expect(sorted.outcome.noted.map(\.time) == [noon], "\(text)")
    }
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `times are judged and read as Core reads them`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    func number(_ range: ClosedRange<Int>, _ width: Int) -> String {
      let text = "\(Int.random(in: range, using: &random))"
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    var texts: [String] = []
    for _ in 0..<50 {
      let day = "\(number(0...9_999, 4))-\(number(0...13, 2))-\(number(0...32, 2))"
      let clock = "\(number(0...24, 2)):\(number(0...60, 2)):\(number(0...60, 2))"
      let digits = Int.random(in: 0...10, using: &random)
      let fraction = digits == 0 ? "" : "." + (0..<digits).map { _ in number(0...9, 1) }.joined()
      let offset = "\(number(0...19, 2)):\(number(0...60, 2))"
      let zone = ["Z", "+\(offset)", "-\(offset)", "", "z", "+02"].randomElement(using: &random)
      var text = Array("\(day)T\(clock)\(fraction)\(zone ?? "")".utf8)
      if Bool.random(using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        text[place] = Array("0123456789-+:.TZ z".utf8).randomElement(using: &random) ?? 0
      }
      texts.append(String(decoding: text, as: UTF8.self))
    }
    let lines = texts.map { #"{"at":"\#($0)"}"# + "\n" }.joined()
    let sorted = try classify(lines, Self.timed)
    let expected = texts.indices.compactMap { index in
      Timestamp(zonedRFC3339Text: texts[index]).map { "\(index) \($0.microseconds)" }
    }
    #expect(
      sorted.outcome.noted.map { "\($0.line) \($0.time.microseconds)" } == expected,
      "seed \(seed)")
    #expect(sorted.outcome.rejected.count == texts.count - expected.count, "seed \(seed)")
  }

  @Test func `only lines of a later time are noted, with who sent them`() throws {
    let text = """
      {"at":"2026-01-31T12:00:00Z","store":"S1","till":"T1"}
      {"at":"2026-01-31T12:00:01Z","store":"S1","till":"T1"}
      {"at":"no time"}

      {"at":"2026-01-31T12:00:02Z","till":7,"store":null}
      {"at":"2026-01-31T12:00:03Z","till":"T1","store":"S\\u0031"}
      {"at":"2026-01-31T12:00:04Z","till":{"a":1}}

      """
    let fields = JSONLineCheck.Fields(
      required: ["at"], time: "at", sender: ["store", "till"], number: "no")
    let noon = Timestamp(microseconds: 1_769_860_800_000_000)
    let sorted = try classify(text, fields, noting: .after(noon))
    #expect(sorted.outcome.noted.map(\.line) == [1, 4, 5, 6])
    #expect(sorted.outcome.noted.map(\.sender) == [0, 1, 0, 2])
    #expect(sorted.senders == [["S1", "T1"], [nil, "7"], [nil, nil]])
    #expect(sorted.outcome.noted.allSatisfy { $0.number == nil })
    #expect(try classify(text, fields, noting: .none).outcome.noted.isEmpty)
  }

  @Test func `a number is an integer from 0 or a text of digits`() throws {
    let values: [(json: String, number: Int64?)] = [
      ("7", 7), ("0", 0), (#""007""#, 7), ("999999999999999999", 999_999_999_999_999_999),
      ("1000000000000000000", nil), ("-1", nil), ("1.0", nil), ("1e3", nil), (#""x""#, nil),
      (#""""#, nil), ("null", nil), ("true", nil), ("[1]", nil), (#""\u0037""#, 7), (#""-1""#, nil),
    ]
    let text = values.map { #"{"id":1,"no":\#($0.json)}"# + "\n" }.joined()
    let sorted = try classify(text, .init(required: ["id"], number: "no"))
    #expect(sorted.outcome.noted.map(\.number) == values.map(\.number))
  }

  @Test func `of a long name the beginning is told`() throws {
    let name = String(repeating: "n", count: 5_000)
    let fields = JSONLineCheck.Fields(required: [], sender: ["till"])
    let sorted = try classify(#"{"till":"\#(name)"}"#, fields)
    #expect(sorted.senders == [[String(name.prefix(200))]])
  }
}
