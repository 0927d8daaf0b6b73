import Core
import TestSupport
import Testing

@Suite struct ParsingTests {
  @Test(
    arguments: [
      ("1.005", 10, 2, "1.01"), ("-2.345", 10, 2, "-2.35"), ("1e3", 10, 2, "1000.00"),
      (".5", 10, 2, "0.50"), ("5.", 10, 2, "5.00"), (" 12.30 ", 10, 2, "12.30"),
      ("+0.04", 10, 1, "0.0"), ("0.05", 10, 1, "0.1"), ("9.95", 2, 1, nil), ("99.94", 3, 1, "99.9"),
      ("5e-1", 10, 0, "1"), ("4e-1", 10, 0, "0"), ("5e-2", 10, 0, "0"),
      ("0e999999999", 5, 2, "0.00"),
      ("1e999999999", 38, 2, nil), ("1e-999999999", 38, 2, "0.00"),
      ("99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"),
      ("99999999999999999999999999999999999999.5", 38, 0, nil),
      ("100000000000000000000000000000000000000", 38, 0, nil),
      ("12345678901234567890123", 38, 2, "12345678901234567890123.00"),
      ("0.00000000000000000000000000000000000000000000005", 10, 2, "0.00"),
      ("", 10, 2, nil), (".", 10, 2, nil), ("1,5", 10, 2, nil), ("1 5", 10, 2, nil),
      ("e5", 10, 2, nil),
      ("1e", 10, 2, nil), ("1e+", 10, 2, nil), ("--1", 10, 2, nil), ("NaN", 10, 2, nil),
    ] as [(String, Int, Int, String?)])
  func `decimal text is rounded half up to the scale`(
    _ text: String, _ precision: Int, _ scale: Int, _ expected: String?
  ) {
    #expect(Decimal(parsing: text, precision: precision, scale: scale)?.description == expected)
  }

  @Test(
    arguments: [
      ("1.50", "1.50"), ("1e3", "1000"), ("1.5e1", "15"), ("1.25e1", "12.5"), ("-.5", "-0.5"),
      ("1e-40", nil), ("1e38", nil),
    ] as [(String, String?)])
  func `decimal text keeps the scale it is written with`(_ text: String, _ expected: String?) {
    #expect(Decimal(parsing: text)?.description == expected)
  }

  @Test(
    arguments: [
      ("2025", "2025-01-01"), ("2025-2", "2025-02-01"), ("2025-01-02", "2025-01-02"),
      (" 2025-1-2 ", "2025-01-02"), ("2025-01-02 junk", "2025-01-02"),
      ("2025-01-02T23:59:59-05:00", "2025-01-02"), ("-0001-01-01", "-0001-01-01"),
      ("+10000-01-01", "+10000-01-01"), ("20250102", nil), ("02/01/2025", nil), ("2025-02-30", nil),
      ("2025-02T", nil), ("2025 ", "2025-01-01"), ("2025 x", nil), ("2025-01-02x", nil), ("", nil),
      ("202-01-01", nil), ("2025-", nil), ("2025-01-", nil), ("2025-001-01", nil), ("-", nil),
    ] as [(String, String?)])
  func `dates are read as Spark casts them`(_ text: String, _ expected: String?) {
    #expect(CivilDate(parsing: text)?.description == expected)
  }

  @Test(
    arguments: [
      ("2017-01-01T12:30:27-05:00", "2017-01-01T17:30:27Z"), ("2017", "2017-01-01T00:00:00Z"),
      ("2017-3", "2017-03-01T00:00:00Z"), ("2017-3-4", "2017-03-04T00:00:00Z"),
      ("2017-3-4 5", "2017-03-04T05:00:00Z"), ("2017-3-4 5:6", "2017-03-04T05:06:00Z"),
      ("2017-3-4 5:6:7", "2017-03-04T05:06:07Z"), ("2017-3-4 5:6:7.", "2017-03-04T05:06:07Z"),
      ("2017-3-4T5:6:7.1234567", "2017-03-04T05:06:07.123456Z"),
      ("2017-03-04 05:06:07.5Z", "2017-03-04T05:06:07.5Z"),
      ("2017-03-04 05:06:07 Z", "2017-03-04T05:06:07Z"),
      ("2017-03-04 05:06:07+02:00", "2017-03-04T03:06:07Z"),
      ("2017-03-04 05:06:07+0200", "2017-03-04T03:06:07Z"),
      ("2017-03-04 05:06:07+02", "2017-03-04T03:06:07Z"),
      ("2017-03-04 05:06:07+2", "2017-03-04T03:06:07Z"),
      ("2017-03-04 05:06:07-2:30", "2017-03-04T07:36:07Z"),
      ("2017-03-04 05:06:07.25UTC+3", "2017-03-04T02:06:07.25Z"),
      ("2017-03-04 05:06:07 GMT", "2017-03-04T05:06:07Z"),
      ("2017-03-04 05:06:07+18:00:00", "2017-03-03T11:06:07Z"),
      ("2017-03-04 05:06:07+18:01", nil), ("2017-03-04 05:06:07+230", nil),
      ("2017-03-04 05:06Z", nil), ("2017-03-04T", nil), ("2017-03-04 24:00:00", nil),
      ("2017-03-04 05:60:00", nil), ("2017-02-30 05:00:00", nil),
      ("2017-03-04 05:06:07 Mars/Base", nil),
      ("12:30:00", nil), ("T12:30", nil), ("", nil), ("junk", nil), ("2017-03-04x", nil),
      ("999999-12-31 00:00:00", nil), ("2017 12:00:00", nil),
    ] as [(String, String?)])
  func `timestamps are read as Spark casts them`(_ text: String, _ expected: String?) {
    #expect(Timestamp(parsing: text)?.description == expected)
  }

  @Test func `a time alone is of the day that is given`() {
    let day = CivilDate(year: 2026, month: 5, day: 6)
    #expect(Timestamp(parsing: "7:08", today: day)?.description == "2026-05-06T07:08:00Z")
    #expect(Timestamp(parsing: "T07:08:09", today: day)?.description == "2026-05-06T07:08:09Z")
  }

  @Test(
    arguments: [
      (" +5 ", 5), ("-9223372036854775808", .min), ("9223372036854775807", .max),
      ("9223372036854775808", nil), ("-9223372036854775809", nil), ("", nil), ("1.9", nil),
      ("12x", nil), ("+", nil), ("- 5", nil), ("007", 7),
    ] as [(String, Int64?)])
  func `whole numbers are read as Spark casts them`(_ text: String, _ expected: Int64?) {
    #expect(Int64(parsing: text) == expected)
  }

  @Test(
    arguments: [
      ("1.5", 1.5), (" 1e3 ", 1000), (".5", 0.5), ("5.", 5), ("-0", -0.0), ("1.5D", 1.5), ("2f", 2),
      ("0.1", 0.1), ("1.7976931348623157e308", .greatestFiniteMagnitude), ("1e400", .infinity),
      ("-1e400", -.infinity), ("1e-400", 0), ("4.9e-324", .leastNonzeroMagnitude),
      ("inf", .infinity),
      ("-Infinity", -.infinity),
      ("123456789012345678901234567890", 123_456_789_012_345_678_901_234_567_890.0),
      ("9007199254740993", 9_007_199_254_740_992), ("", nil), ("x", nil), ("0x1p3", nil),
      ("1e", nil),
      ("1_000", nil), ("d", nil),
    ] as [(String, Double?)])
  func `floating point is read as Spark casts it`(_ text: String, _ expected: Double?) {
    #expect(Double(parsing: text) == expected)
  }

  @Test func `truth values have five spellings each`() {
    for text in ["true", "T", " yes", "Y", "1"] { #expect(Bool(parsing: text) == true) }
    for text in ["false", "F", "no ", "N", "0"] { #expect(Bool(parsing: text) == false) }
    for text in ["", "2", "on", "tru"] { #expect(Bool(parsing: text) == nil) }
    #expect(Double(parsing: "NaN")?.isNaN == true)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `what is printed is read back`(seed: UInt64) {
    var random = SeededRandom(seed)
    for _ in 0..<200 {
      let instant = Timestamp(
        microseconds: Int64.random(
          in: -60_000_000_000_000_000...60_000_000_000_000_000, using: &random))
      #expect(Timestamp(parsing: instant.description) == instant, "seed \(seed)")
      #expect(Timestamp(parsing: instant.sparkText) == instant, "seed \(seed)")
      #expect(CivilDate(parsing: instant.date.description) == instant.date, "seed \(seed)")
      let double = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
      if !double.isNaN { #expect(Double(parsing: "\(double)") == double, "seed \(seed)") }
      let scale = Int.random(in: 0...18, using: &random)
      let digits = Int128.random(in: -Decimal.power(30)...Decimal.power(30), using: &random)
      let decimal = Decimal(unscaled: digits, scale: scale)
      #expect(Decimal(parsing: decimal.description) == decimal, "seed \(seed)")
    }
  }
}
