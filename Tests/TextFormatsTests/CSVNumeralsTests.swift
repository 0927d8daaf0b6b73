import Core
import TestSupport
import Testing
import TextFormats

@Suite struct CSVNumeralsTests {
  @Test(arguments: [
    ("en", "1,234.50", "1234.50"), ("en", "12,345,678", "12345678"), ("en", "-1,234", "-1234"),
    ("en", "2,50", nil), ("en", "12,99", nil), ("en", "1,2,3.4", nil), ("en", ",123", nil),
    ("en", "1234,567", nil), ("en", "1,234567", nil), ("en", "1,234,56", nil),
    ("en", "1.234,500", nil), ("en", " 1,234 ", "1234"), ("en", "1,234e2", "123400"),
    ("de-DE", "1.234,50", "1234.50"), ("de-DE", "2,50", "2.50"), ("de-DE", "2.50", nil),
    ("de-DE", "1.2.3,4", nil), ("de-DE", "1.234.567", "1234567"), ("de-DE", "0,001", "0.001"),
    ("de-AT", "1.234\u{A0}567", nil), ("de-AT", "1\u{A0}234\u{A0}567,8", "1234567.8"),
    ("fr-FR", "1\u{202F}234,5", "1234.5"), ("fr-FR", "1\u{202F}23", nil), ("fr-FR", "2.5", nil),
    ("de-CH", "1\u{2019}234.5", "1234.5"), ("de-CH", "12'34", nil), ("en", "", nil),
  ])
  func `a group counts before exactly three digits`(
    _ tag: String, _ text: String, _ wanted: String?
  ) throws {
    let numerals = try #require(CSVNumerals(languageTag: tag))
    #expect(numerals.number(text)?.description == wanted)
  }

  @Test(arguments: 1...100)
  func `a number that is written with groups is read, and no other place of a sign`(
    _ seed: Int
  ) throws {
    var random = SeededRandom(UInt64(seed))
    let digits = Array(String(UInt64.random(in: 1...9_999_999_999, using: &random)))
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    #expect(CSVNumerals.english.number(grouped)?.description == String(digits), "seed \(seed)")
    var moved = digits
    let place = Int.random(in: 0...digits.count, using: &random)
    moved.insert(",", at: place)
    let isGroup = digits.count - place == 3 && (1...3).contains(place)
    #expect((CSVNumerals.english.number(String(moved)) != nil) == isGroup, "seed \(seed)")
  }
}
