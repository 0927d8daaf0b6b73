import Core
import JSON
import Testing

@testable import Extraction

/// What bronze keeps of a value, by the name of its type and how it is written.
@Suite struct ValueFormTests {
  private func text(_ type: String, _ value: JSONValue) throws -> String? {
    let form = try #require(ValueForm(declared: type), "\(type)")
    return try form.text(of: value).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    arguments: [
      ("io.debezium.time.Date", 20_513, "2026-03-01"), ("io.debezium.time.Date", -1, "1969-12-31"),
      ("io.debezium.time.Date", -735_160, "-0043-03-15"),
      ("org.apache.kafka.connect.data.Date", 3_673_098, "+12026-08-08"),
      ("io.debezium.time.Time", 30_600_250, "08:30:00.25"),
      ("io.debezium.time.MicroTime", 86_400_000_000, "24:00:00"),
      ("io.debezium.time.NanoTime", 1, "00:00:00.000000001"),
      ("io.debezium.time.Timestamp", -1, "1969-12-31 23:59:59.999"),
      ("io.debezium.time.MicroTimestamp", 1_772_353_800_123_456, "2026-03-01 08:30:00.123456"),
      ("io.debezium.time.MicroTimestamp", 9_223_372_036_825_200_000, "infinity"),
      (
        "io.debezium.time.NanoTimestamp", 1_772_353_800_123_456_789, "2026-03-01 08:30:00.123456789"
      ),
      ("io.debezium.time.MicroDuration", 3_723_500_000, "PT1H2M3.5S"),
      ("io.debezium.time.MicroDuration", -500_000, "PT-0.5S"),
      ("io.debezium.time.NanoDuration", 0, "PT0S"), ("io.debezium.time.Year", 2026, "2026"),
    ] as [(String, Int64, String)])
  func `numbers count units from a beginning`(type: String, count: Int64, expected: String) throws {
    #expect(try text(type, JSONValue(count)) == expected)
    #expect(try text(type, .null) == nil)
  }

  @Test(
    arguments: [
      (
        "io.debezium.time.ZonedTimestamp", "2026-03-01T00:30:00.120+02:00",
        "2026-02-28 22:30:00.12+00"
      ),
      ("io.debezium.time.ZonedTimestamp", "+12026-03-01T00:00:00Z", "+12026-03-01 00:00:00+00"),
      ("io.debezium.time.ZonedTimestamp", "infinity", "infinity"),
      ("io.debezium.time.ZonedTime", "08:30:00.5Z", "08:30:00.5+00"),
      ("io.debezium.time.ZonedTime", "08:30:00-05:30", "08:30:00-05:30"),
      ("io.debezium.time.IsoDate", "-0043-03-15Z", "-0043-03-15"),
      ("io.debezium.time.IsoTimestamp", "2026-03-01T08:30:00Z", "2026-03-01 08:30:00"),
      ("io.debezium.time.Interval", "P1Y0M3DT0H5M6.500S", "P1Y3DT5M6.5S"),
      ("io.debezium.time.Interval", "P0Y0M0DT0H0M0S", "PT0S"),
      ("org.apache.kafka.connect.data.Decimal(2)", "AMg=", "2.00"),
      ("org.apache.kafka.connect.data.Decimal(2)", "/w==", "-0.01"),
      ("org.apache.kafka.connect.data.Decimal(-2)", "BQ==", "500"),
      ("io.debezium.data.Bits(5)", "Fg==", "10110"),
      ("io.debezium.data.Bits(9)", "BQE=", "100000101"),
      ("io.debezium.data.Bits", "BQ==", "101"), ("base64", "AP8Q", "00FF10"),
      ("base64", "_-8", "FFEF"), ("hex", "00ff", "00FF"),
      ("io.debezium.data.Json", "{\"a\": 1}", "{\"a\": 1}"),
    ] as [(String, String, String)])
  func `texts have forms of their own`(type: String, value: String, expected: String) throws {
    #expect(try text(type, .string(value)) == expected)
  }

  @Test func `numbers of any length keep their digits`() throws {
    // 2^200 and its negative, with a point among their digits.
    let digits = "1606938044258990275541962092341162602522202993782792835301376"
    let bytes: [UInt8] = [1] + Array(repeating: 0, count: 25)
    let form = ValueForm.decimal(scale: 60)
    let value = JSONValue.string(Radix64.text(bytes))
    #expect(
      try form.text(of: value).map { String(decoding: $0, as: UTF8.self) }
        == "1." + digits.dropFirst())
    let negative = JSONValue.string(
      Radix64.text([0xFF] + Array(repeating: 0, count: 25)))
    #expect(
      try form.text(of: negative).map { String(decoding: $0, as: UTF8.self) }
        == "-1." + digits.dropFirst())
    let scaled = ValueForm.scaledDecimal
    #expect(try scaled.text(of: ["scale": 3, "value": "BNI="]) == Array("1.234".utf8))
    #expect(try form.text(of: .number("1.50E+3")) == Array("1500".utf8))
    #expect(try form.text(of: .number("-2E-3")) == Array("-0.002".utf8))
  }

  @Test func `what has parts is a text`() throws {
    let texts = ValueForm.array(.plain)
    #expect(
      try texts.text(of: ["a b", "c", nil, "", "\"", "null", true])
        == Array(#"{"a b",c,NULL,"","\"","null",t}"#.utf8))
    #expect(
      try ValueForm.array(.array(.plain)).text(of: [[1, 2], [3, 4]]) == Array("{{1,2},{3,4}}".utf8))
    #expect(try ValueForm.array(.base64).text(of: ["AP8="]) == Array(#"{"\\x00ff"}"#.utf8))
    #expect(try ValueForm.point.text(of: ["x": 1.5, "y": .number("2.0")]) == Array("(1.5,2)".utf8))
    #expect(try ValueForm.geometry.text(of: ["wkb": "AQ==", "srid": nil]) == Array("01".utf8))
    #expect(try ValueForm.plain.text(of: ["a": "1"]) == Array(#"{"a":"1"}"#.utf8))
    #expect(try ValueForm.plain.text(of: .number("1.10")) == Array("1.10".utf8))
    #expect(try ValueForm.plain.text(of: true) == Array("true".utf8))
  }

  @Test(
    arguments: [
      ("io.debezium.time.Date", JSONValue.string("soon")), ("io.debezium.time.Date", 9_999_999_999),
      ("io.debezium.time.Time", -1), ("io.debezium.time.MicroTime", 86_400_000_001),
      ("io.debezium.time.ZonedTimestamp", "2026-02-30T00:00:00Z"),
      ("io.debezium.time.ZonedTimestamp", "2026-02-01T00:00:00+99:00"),
      ("io.debezium.time.Interval", "1 day"), ("org.apache.kafka.connect.data.Decimal", "A"),
      ("org.apache.kafka.connect.data.Decimal", .number("1e999999999")), ("base64", "?"),
      ("io.debezium.data.VariableScaleDecimal", ["scale": 1]),
    ] as [(String, JSONValue)])
  func `a value of another form is refused`(type: String, value: JSONValue) throws {
    let form = try #require(ValueForm(declared: type))
    #expect(throws: UnreadableValue.self) { try form.text(of: value) }
  }

  @Test func `a type that is none is not read`() {
    #expect(ValueForm(declared: "io.debezium.time.Never") == nil)
    #expect(ValueForm(declared: "org.apache.kafka.connect.data.Decimal(x)") == nil)
  }

  @Test func `what stands for a value that is not given is known in each form`() {
    let known = Placeholders([Placeholders.standard, "none"])
    let given: [JSONValue] = [
      "__debezium_unavailable_value", "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==",
      ["__debezium_unavailable_value"], "none", "6e6f6e65", [110, 111, 110, 101],
      ["none": "none"], #"{"none":"none"}"#,
    ]
    for value in given { #expect(known.contains(value), "\(value)") }
    for value: JSONValue in ["", "non", ["none", "none"], [], nil, 1, "None"] {
      #expect(!known.contains(value), "\(value)")
    }
  }
}
