import Core
import Testing

@Suite struct TimestampTextTests {
  @Test(arguments: [
    ("2017-01-01T12:30:27.5Z", "2017-01-01T12:30:27.5Z"),
    ("2017-01-01T12:30:27.123456789Z", "2017-01-01T12:30:27.123456Z"),
    ("2017-01-01 12:30", "2017-01-01T12:30:00Z"),
    ("2017-01-01", "2017-01-01T00:00:00Z"),
    ("2017-01-01T00:30:00+02:00", "2016-12-31T22:30:00Z"),
    ("2017-01-01T00:30:00-0330", "2017-01-01T04:00:00Z"),
  ])
  func `RFC 3339 text is read`(_ text: String, _ expected: String) {
    #expect(Timestamp(rfc3339Text: text)?.description == expected)
  }

  @Test(arguments: [
    "", "2017", "2017-02-29", "2017-01-01T", "2017-01-01T25:00:00Z", "2017-01-01T10:61:00Z",
    "2017-01-01T10:00:00+", "2017-01-01T10:00:00.Z", "2017-01-01T1:00:00Z", "17-01-01",
    "2017-01-01T10:00:00 Z", "2017-01-01T10:00:00+99:00",
  ])
  func `other text is refused`(_ text: String) {
    #expect(Timestamp(rfc3339Text: text) == nil)
  }

  @Test func `a time with its zone has both`() {
    for text in ["2017-01-01T10:00:00Z", "2017-01-01 10:00+02", "2017-01-01t10:00:00.5-0330"] {
      #expect(Timestamp(zonedRFC3339Text: text) == Timestamp(rfc3339Text: text), "\(text)")
      #expect(Timestamp(zonedRFC3339Text: text) != nil, "\(text)")
    }
    for text in ["", "2017-01-01", "2017-01-01T10:00:00", "2017-01-01Z", "2017-01-01T+02:00"] {
      #expect(Timestamp(zonedRFC3339Text: text) == nil, "\(text)")
    }
  }
}
