import Columnar
import Core
import JSON
import TestSupport
import Testing
import TextFormats

@Suite struct JSONLineCheckTests {
  private static let fields = ["id", "kind"]

  /// The lines kept, and the others as `line:reason:text`.
  private func classify(
    _ text: [UInt8], _ fields: [String] = Self.fields
  ) throws -> (kept: String, rejected: [String], lineCount: Int) {
    let block = ByteBlock(capacity: 0)
    block.append(text[...])
    let outcome = try JSONLineCheck(.init(required: fields)).classify(block)
    let kept = String(decoding: block.bytes, as: UTF8.self)
    #expect(kept.utf8.count { $0 == 0x0A } == outcome.keptCount)
    for line in outcome.rejected {
      #expect(text[line.offset...].starts(with: line.bytes))
      #expect(text[..<line.offset].count { $0 == 0x0A } == line.line)
    }
    let rejected = outcome.rejected.map { line in
      "\(line.line):\(line.reason):\(String(decoding: line.bytes, as: UTF8.self))"
    }
    return (kept, rejected, outcome.lineCount)
  }

  private func classify(_ text: String) throws -> (kept: String, rejected: [String], lineCount: Int)
  {
    try classify([UInt8](text.utf8))
  }

  @Test func `lines with all fields are kept as they are`() throws {
    let text = """
      {"id":"1","kind":"a","more":[{"x":[1,-2.5e3,true,null]},{}, []]}
       { "kind" : {"b":1} , "id" : 7 }\u{20}
      {"id":false,"kind":[]}

      """
    let sorted = try classify(text)
    #expect(sorted.kept == text)
    #expect(sorted.rejected.isEmpty && sorted.lineCount == 3)
  }

  @Test func `a line that lacks a field is set aside with its number and bytes`() throws {
    let good = #"{"id":"1","kind":"a"}"#
    let sorted = try classify(
      """
      \(good)
      {"id":"1"}
      {"id":"","kind":"a"}
      {"id":null,"kind":""}
      \(good)
      {"id":"1","kind":"a","kind":null}
      {"ID":"1","kind":"a"}
      [\(good)]
      {"id":"1","kind":"a"
      "b":2}
      \(good) 1

      """)
    #expect(sorted.kept == "\(good)\n\(good)\n")
    #expect(
      sorted.rejected == [
        #"1:lacks("kind"):{"id":"1"}"#, #"2:lacks("id"):{"id":"","kind":"a"}"#,
        #"3:lacks("id"):{"id":null,"kind":""}"#,
        #"5:lacks("kind"):{"id":"1","kind":"a","kind":null}"#,
        #"6:lacks("id"):{"ID":"1","kind":"a"}"#, "7:noObject:[\(good)]",
        #"8:noObject:{"id":"1","kind":"a""#, #"9:noObject:"b":2}"#, "10:noObject:\(good) 1",
      ])
  }

  @Test func `of several fields with one name the last counts, escaped or not`() throws {
    let sorted = try classify(#"{"id":null,"kind":"\u0061","\u0069d":"x"}"#)
    #expect(sorted.rejected.isEmpty && sorted.kept.hasSuffix("}\n"))
    #expect(try classify(#"{"id":"x","kind":"a","\u0069d":""}"#).rejected.count == 1)
  }

  @Test func `line ends become line breaks, and blank lines count but are not kept`() throws {
    let good = #"{"id":1,"kind":2}"#
    let sorted = try classify("\r\n\(good)\r\n  \n\(good)\nx\r\n\n\(good)")
    #expect(sorted.kept == "\(good)\n\(good)\n\(good)\n")
    #expect(sorted.rejected == ["4:noObject:x"])
    #expect(sorted.lineCount == 7)
  }

  @Test func `a carriage return that ends the text is followed by a line break`() throws {
    let good = #"{"id":1,"kind":2}"#
    #expect(try classify("\(good)\n\(good)\r").kept == "\(good)\n\(good)\n")
    #expect(try classify("\(good)\r").kept == "\(good)\n")
    #expect(try classify("x\r").rejected == ["0:noObject:x"])
  }

  @Test(arguments: ["misplaced", #"{"id":["#, #"{"kind":[1,"#, #"{"other":{"a":"#])
  func `what a line opens and does not close is no matter of the lines behind it`(
    _ line: String
  ) throws {
    let count = 2_000
    let good = #"{"id":"a","kind":"b"}"#
    let block = ByteBlock(capacity: 0)
    block.append([UInt8](String(repeating: "\(line)\n\(good)\n", count: count).utf8)[...])
    let outcome = try JSONLineCheck(.init(required: Self.fields)).classify(block)
    #expect(outcome.keptCount == count && outcome.rejected.count == count)
    #expect(
      outcome.rejected.allSatisfy { $0.line.isMultiple(of: 2) && $0.bytes == Array(line.utf8) })
  }

  @Test func `one bad line does not spoil those around it`() throws {
    let good = [UInt8](#"{"id":"é","kind":2}"#.utf8)
    let bad: [[UInt8]] = [
      [0x22], [0xFF], [0x7B, 0x22, 0x01, 0x22, 0x3A, 0x31, 0x7D], [0x5C], [0x00], [0x7B],
    ]
    for line in bad {
      let sorted = try classify(
        [good, line, good, good, line, good].joined(separator: [0x0A]) + [])
      #expect(sorted.kept.utf8.count == 4 * (good.count + 1), "\(line)")
      #expect(sorted.rejected.count == 2)
    }
  }

  @Test func `many lines keep their order around those set aside`() throws {
    var kept = ""
    var text = ""
    for number in 0..<20_000 {
      let line = #"{"id":\#(number),"kind":"\#(String(repeating: "x", count: number % 90))"}"#
      let isGood = number % 90 != 0
      text += isGood ? line + "\n" : "{\(line)\n"
      if isGood { kept += line + "\n" }
    }
    #expect(try classify(text).kept == kept)
  }

  @Test func `nesting has a limit`() throws {
    func line(_ depth: Int) -> String {
      #"{"id":1,"kind":"# + String(repeating: "[", count: depth)
        + String(repeating: "]", count: depth) + "}"
    }
    #expect(try classify(line(1_000)).rejected.isEmpty)
    #expect(try classify(line(1_001)).rejected.count == 1)
  }

  @Test(.shared("conformance/JSONTestSuite"))
  func `the public suite's texts are kept and set aside as it says`() throws {
    let files = Shared.files(under: "conformance/JSONTestSuite/test_parsing", suffix: ".json")
    #expect(files.count > 300)
    for file in files {
      let name = file.split(separator: "/").last ?? ""
      let bytes = try LocalFileSystem().read(file)
      guard !bytes.contains(0x0A) else { continue }
      for (opening, closing) in [("", "}"), ("[", "]}"), (#"{"x":"#, "}}")] {
        let line = [UInt8](#"{"kind":\#(opening)"#.utf8) + bytes + [UInt8](closing.utf8)
        let isKept = try classify(line, []).rejected.isEmpty
        if name.hasPrefix("y_") { #expect(isKept, "\(name)") }
        let isRefused = (try? JSONReader().read(line)) == nil
        #expect(isKept != isRefused, "\(name)")
      }
    }
  }

  @Test(arguments: 1...150 as ClosedRange<UInt64>)
  func `damaged lines are judged as the reader of columns judges them`(seed: UInt64) throws {
    var random = RandomJSON(seed: seed)
    let fields = random.fields(depth: 3)
    var lines: [[UInt8]] = []
    for _ in 0..<Int.random(in: 1...60, using: &random.random) {
      var line = JSONWriter.bytes(.object(random.object(for: fields)))
      let alphabet = Array("\"\\{}[]:,01a \u{0}\n\r".utf8)
      for _ in 0..<Int.random(in: 0...2, using: &random.random) {
        let index = Int.random(in: 0..<line.count, using: &random.random)
        line[index] = alphabet.randomElement(using: &random.random) ?? 0
      }
      lines.append(line)
    }
    let text = Array(lines.joined(separator: [0x0A]))
    let names = Array(fields.map(\.name).prefix(2))
    let sorted = try classify(text, names)
    let reader = try JSONLinesReader(
      MemoryBytes([text]),
      schema: Schema(names.map { Field($0, .string) } + [Field("_corrupt_record", .string)]),
      options: JSONLinesOptions(rawColumn: "raw", lineNumberColumn: "line", spreadsArrays: false),
      at: Place("x"))
    var kept: [Scalar] = []
    var rejected: [Scalar] = []
    while let batch = try reader.next() {
      for row in 0..<batch.rowCount {
        let values = batch.scalars(at: row)
        let isKept =
          values[names.count] == .null
          && values.prefix(names.count).allSatisfy { $0 != .null && $0 != .string("") }
        if isKept {
          kept.append(values[names.count + 1])
        } else {
          rejected.append(values[names.count + 2])
        }
      }
    }
    let keptLines = kept.map { if case .string(let text) = $0 { text + "\n" } else { "" } }
    #expect(sorted.kept == keptLines.joined(), "seed \(seed)")
    let numbers = sorted.rejected.map { Scalar.integer(Int64($0.prefix { $0 != ":" })! + 1) }
    #expect(numbers == rejected, "seed \(seed)")
  }
}
