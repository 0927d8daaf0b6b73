import Columnar
import Database
import TestSupport
import Testing

@Suite struct ForeignTextTests {
  private let workdir = Workdir()

  @Test func `UTF-8 stays as it is`() throws {
    for text in [
      "", "a", "K\u{F6}ln", "\u{1F600}", "a\u{0}b", "\u{FFFD}", "\u{FFFD}7F", "\u{FFFD}fc",
    ] {
      #expect(try read(Array(text.utf8)) == text)
    }
  }

  @Test func `a byte that is no character shows its digits`() throws {
    #expect(try read([0x4D, 0xFC, 0x6E]) == "M\u{FFFD}FCn")
    // Cut short, too long for its value, a surrogate, past the last character.
    #expect(try read([0xC3]) == "\u{FFFD}C3")
    #expect(try read([0xC0, 0x80]) == "\u{FFFD}C0\u{FFFD}80")
    #expect(try read([0xED, 0xA0, 0x80]) == "\u{FFFD}ED\u{FFFD}A0\u{FFFD}80")
    #expect(try read([0xF4, 0x90, 0x80, 0x80]) == "\u{FFFD}F4\u{FFFD}90\u{FFFD}80\u{FFFD}80")
  }

  @Test func `what looks like such a byte is told from one`() throws {
    let written = Array("\u{FFFD}FC".utf8)
    #expect(try read(written) == "\u{FFFD}EF\u{FFFD}BF\u{FFFD}BDFC")
    #expect(try read(written) != read([0xFC]))
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `the bytes come back, whatever they are`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let pieces: [[UInt8]] = [
      [0xEF, 0xBF, 0xBD], Array("F".utf8), Array("9".utf8), Array("C".utf8), [0xFC], [0xEF, 0xBF],
      [0xE2, 0x82, 0xAC], [0x80], [0xF0, 0x9F], [0],
    ]
    let bytes = (0..<Int.random(in: 0...9, using: &random)).flatMap { _ in
      pieces.randomElement(using: &random)!
    }
    let text = try read(bytes)
    #expect(ForeignText.bytes(of: Array(text.utf8)) == bytes, "seed \(seed)")
    #expect(!text.utf8.isEmpty || bytes.isEmpty)
  }

  /// The text that a database which holds `bytes` as text gives.
  private func read(_ bytes: [UInt8]) throws -> String {
    let database = try SQLiteConnection(workdir.file("t.db"), .create)
    let rows = try database.query("SELECT CAST(?1 AS TEXT)", [.binary(bytes)])
    guard case .string(let text)? = try all(rows).first?.first else { return "" }
    return text
  }
}
