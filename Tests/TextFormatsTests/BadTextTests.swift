import Columnar
import Core
import JSON
import TestSupport
import Testing
import TextFormats

/// Text that is not UTF-8, or that a terminal would obey, on its way out.
@Suite struct BadTextTests {
  private func column(_ texts: [[UInt8]]) -> Column {
    var runs = ByteRuns()
    for text in texts { runs.append(text) }
    return Column(.string, count: texts.count, .bytes(runs))
  }

  private func json(_ columns: [Column]) throws -> (lines: [JSONValue], repaired: [String]) {
    var bytes: [UInt8] = []
    let writer = JSONLinesWriter { bytes += $0 }
    let schema = Schema(columns.enumerated().map { Field("c\($0)", $1.type) })
    try writer.append(Batch(schema, columns, rowCount: columns[0].count))
    return (
      try bytes.split(separator: 0x0A).map { try JSONValue(parsing: Array($0)) },
      writer.repairedColumns
    )
  }

  @Test func `JSON of text that is none is valid, and tells so`() throws {
    // Alone each is no text; side by side they would be one letter.
    let torn = column([[0xC3], [0xA9]])
    let good = column([Array("é".utf8), Array("x".utf8)])
    let list = Column(
      .array(element: .string, containsNull: true), count: 2,
      .list(offsets: [0, 1, 2], elements: column([[0xFF, 0x61], [0x62]])))
    let (lines, repaired) = try json([torn, good, list])
    #expect(repaired == ["c0", "c2"])
    #expect(lines.map { $0["c0"]?.string } == ["\u{FFFD}", "\u{FFFD}"])
    #expect(lines.map { $0["c1"]?.string } == ["é", "x"])
    #expect(lines.map { $0["c2"]?.array?.first?.string } == ["\u{FFFD}a", "b"])
  }

  @Test(arguments: 1...100)
  func `whatever bytes come, each line is JSON`(_ seed: Int) throws {
    var random = SeededRandom(UInt64(seed))
    let texts = (0..<20).map { _ in
      (0..<Int.random(in: 0...4, using: &random)).map { _ in
        [0x61, 0x22, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0x80, 0xFF, 0x0A].randomElement(using: &random)!
      } as [UInt8]
    }
    let (lines, repaired) = try json([column(texts)])
    #expect(lines.map { $0["c0"]?.string } == texts.map { String(decoding: $0, as: UTF8.self) })
    let areGood = texts.allSatisfy { String(validating: $0, as: UTF8.self) != nil }
    #expect(repaired.isEmpty == areGood, "seed \(seed)")
  }

  @Test func `tables show what a terminal would obey, CSV keeps it`() throws {
    var table = TextTable(["na\u{1B}me"])
    table.append(["a\u{9B}b\nc"])
    #expect(table.text.hasPrefix(#"na\u001bme"#) && table.text.contains(#"a\u009bb\nc"#))
    let batch = Batch(
      Schema([Field("c", .string)]), [column([Array("\u{1B}]0;x\u{7}".utf8)])], rowCount: 1)
    var written: [UInt8] = []
    let writer = TextTableWriter(batch.schema) { written += $0 }
    try writer.append(batch)
    try writer.finish()
    #expect(String(decoding: written, as: UTF8.self).contains(#"\u001b]0;x\u0007"#))
    #expect(CSVWriter.text(["c"], [["\u{1B}[1m"]]) == "c\n\u{1B}[1m\n")
  }
}
