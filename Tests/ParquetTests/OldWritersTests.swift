import Columnar
import Core
import Testing

@testable import Parquet

/// What older or other writers say of their values beside the values.
@Suite struct OldWritersTests {
  private func day(_ year: Int, _ month: Int, _ day: Int) throws -> Int32 {
    try #require(CivilDate(year: year, month: month, day: day)).dayNumber
  }

  /// Days of the old calendar by how far they stand from the same name in the present one: Spark's
  /// own table of the days from which the distance is another.
  @Test(
    arguments: [
      (-719_164, 2), (-682_945, 1), (-646_420, 0), (-609_895, -1), (-536_845, -2), (-500_320, -3),
      (-463_795, -4), (-390_745, -5), (-354_220, -6), (-317_695, -7), (-244_645, -8),
      (-208_120, -9), (-171_595, -10), (-141_427, 0),
    ] as [(Int32, Int32)])
  func `a day of the old calendar keeps its name`(_ number: Int32, _ distance: Int32) {
    #expect(OldCalendar.day(number) == number + distance)
  }

  @Test func `instants keep their day and their time of day`() throws {
    let old = Int64(try day(1500, 3, 11)) * Timestamp.microsecondsPerDay + 5
    #expect(
      OldCalendar.instant(old) == Int64(try day(1500, 3, 1)) * Timestamp.microsecondsPerDay + 5)
    #expect(OldCalendar.instant(-1) == -1)
  }

  @Test func `only the files that say so are of the old calendar`() {
    func calendar(_ texts: [String: String]) -> OldCalendar {
      OldCalendar(texts.map { ("org.apache.spark.\($0.key)", $0.value) })
    }
    #expect(calendar([:]) == OldCalendar([]) && !OldCalendar([]).holdsDates)
    #expect(calendar(["version": "2.4.8"]).holdsDates && calendar(["version": "2.4.8"]).holdsInt96)
    let between = calendar(["version": "3.0.1"])
    #expect(!between.holdsDates && between.holdsInt96)
    let asked = calendar(["version": "4.0.0", "legacyDateTime": "", "timeZone": "Asia/Tokyo"])
    #expect(asked.holdsDates && !asked.holdsInt96 && !asked.isUTC)
    #expect(calendar(["version": "3.5.0", "timeZone": "Z"]) == OldCalendar([]))
  }

  @Test func `an instant that only a zone could settle is refused`() throws {
    let conversion = Conversion.oldMicros(isUTC: false)
    guard case .int64(let values) = try conversion.applied(to: .int64([0])) else { return }
    #expect(values == [0])
    #expect(throws: Damage.self) {
      try conversion.applied(to: .int64([OldCalendar.firstSureInstant - 1]))
    }
  }

  @Test func `times of day and intervals are texts, whatever their unit`() throws {
    func texts(_ conversion: Conversion, _ values: Column.Values) throws -> [String] {
      guard case .bytes(let runs) = try conversion.applied(to: values) else { return [] }
      return (0..<runs.count).map { String(decoding: runs[$0], as: UTF8.self) }
    }
    #expect(try texts(.timeText(.millis), .int32([3_723_000, 0])) == ["01:02:03", "00:00:00"])
    #expect(try texts(.timeText(.micros), .int64([3_723_000_004])) == ["01:02:03.000004"])
    #expect(try texts(.timeText(.nanos), .int64([86_399_999_999_999])) == ["23:59:59.999999999"])
    #expect(throws: Damage.self) { try texts(.timeText(.millis), .int32([86_400_000])) }
    let bytes: [UInt8] = [14, 0, 0, 0, 3, 0, 0, 0, 0xDC, 0x05, 0, 0]
    let interval = ByteRuns(offsets: [0, 12, 24], bytes: bytes + [UInt8](repeating: 0, count: 12))
    #expect(
      try texts(.intervalText, .bytes(interval))
        == ["1 years 2 months 3 days 1.5 seconds", "0 seconds"])
  }

  @Test func `columns are found by their ids where a table says so, and by nothing else`() throws {
    func file(_ fields: [(name: String, id: Int?)]) -> FileMetadata {
      var metadata = FileMetadata()
      metadata.schema = [SchemaElement(name: "schema")]
      metadata.schema += fields.map { SchemaElement(name: $0.name, fieldID: $0.id) }
      return metadata
    }
    var renamed = file([("b", 1), ("a", 2), ("old", 3)])
    try renamed.completeSchema([1: "a", 2: "b"])
    #expect(renamed.schema.map(\.name) == ["schema", "a", "b", "old"])
    var dropped = file([("a", 7), ("b", 1)])
    try dropped.completeSchema([1: "a"])
    #expect(dropped.schema.map(\.name) == ["schema", "a#7", "a"])
    var without = file([("a", nil)])
    #expect(throws: Damage.self) { try without.completeSchema([1: "a"]) }
  }
}
