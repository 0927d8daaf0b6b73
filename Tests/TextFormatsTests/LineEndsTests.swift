import Columnar
import Core
import TestSupport
import Testing

@testable import TextFormats

@Suite struct LineEndsTests {
  private func read(_ text: String, pieces: [Int] = []) throws -> String {
    var rest = Array(text.utf8)[...]
    var cut: [[UInt8]] = []
    for count in pieces {
      cut.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    let source = LineEnds(MemoryBytes(cut + [Array(rest)]), CSVOptions())
    var bytes: [UInt8] = []
    while let piece = try source.next() {
      #expect(!piece.isEmpty)
      bytes += piece
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    arguments: [
      ("a,b\r1,2\r3,4\r", "a,b\n1,2\n3,4\n"), ("a\r", "a\r"), ("a\rb", "a\nb"), ("", ""),
      // The first line decides, and a return in quotes is none of its ends.
      ("a,b\r\n1\r2,3\r\n", "a,b\r\n1\r2,3\r\n"), ("a\nb\rc\n", "a\nb\rc\n"),
      ("\"a\rb\",c\n1,2\n", "\"a\rb\",c\n1,2\n"),
      ("\"a\"\"\rb\",c\r1,2\r", "\"a\"\"\nb\",c\n1,2\n"),
      ("a\rb\r\nc\nd", "a\nb\r\nc\nd"), ("a\r\rb\r\r", "a\n\nb\n\n"),
    ])
  func `lines that end in a return alone end in a line break`(
    _ text: String, _ expected: String
  ) throws {
    let whole = try read(text)
    #expect(whole == expected)
    for first in 0..<text.utf8.count {
      for second in 0...2 { #expect(try read(text, pieces: [first, second]) == expected) }
    }
  }

  @Test func `a file of old line ends is read as one of new ones`() throws {
    let schema = Schema([Field("sku", .string), Field("price", .string)])
    var options = CSVOptions(header: true)
    options.problemColumn = "problem"
    var texts: [[String]] = []
    for end in ["\n", "\r", "\r\n"] {
      let text = ["sku,price", "P1,1.00", "\"P 2\",2.00", "P3"].map { $0 + end }.joined()
      let reader = try CSVReader(
        MemoryBytes([Array(text.utf8)]), schema: schema, options: options, at: Place("a.csv"))
      var rows: [String] = []
      while let batch = try reader.next() {
        rows += (0..<batch.rowCount).map { "\(batch.scalars(at: $0))" }
      }
      texts.append(rows)
    }
    #expect(texts[0].count == 3 && texts[1] == texts[0] && texts[2] == texts[0])
  }

  @Test func `a mark between two files that were joined is named`() throws {
    var options = CSVOptions()
    options.problemColumn = "problem"
    let reader = try CSVReader(
      MemoryBytes([Array("\u{FEFF}a\nb\n\u{FEFF}c\n".utf8)]), schema: Schema([Field("x", .string)]),
      options: options, at: Place("a.csv"))
    let batch = try #require(try reader.next())
    let problem = try #require(batch.column("problem"))
    #expect((0..<3).map { problem.isNull($0) } == [true, true, false])
  }
}
