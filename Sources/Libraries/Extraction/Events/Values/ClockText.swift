import Core

/// Days and times of clocks as texts, as exactly as they were counted.
enum ClockText {
  private static let secondsPerDay: Int64 = 86_400

  /// The day that is `number` days behind the first of 1970, with a signed year; nil past the days
  /// that are counted.
  static func date(_ number: Int64) -> [UInt8]? {
    // What drivers of PostgreSQL give for its infinite days.
    guard let date = Int(exactly: number).flatMap(CivilDate.init(exactly:)) else { return nil }
    return Array(date.description.utf8)
  }

  /// A time of day, of which the end of the day is one; nil for others.
  static func timeOfDay(_ count: Int64, unitsPerSecond units: Int64) -> [UInt8]? {
    let (seconds, fraction) = count.quotientAndRemainder(dividingBy: units)
    guard count >= 0, seconds < secondsPerDay || seconds == secondsPerDay && fraction == 0 else {
      return nil
    }
    var text: [UInt8] = []
    append(seconds, fraction, units, to: &text)
    return text
  }

  /// A day and a time of day.
  static func localTime(_ count: Int64, unitsPerSecond units: Int64) -> [UInt8]? {
    if let word = infinity(count, units) { return Array(word.utf8) }
    let seconds = floorDivide(count, units)
    let days = floorDivide(seconds, secondsPerDay)
    guard var text = date(days) else { return nil }
    text.append(UInt8(ascii: " "))
    append(seconds &- days &* secondsPerDay, count &- seconds &* units, units, to: &text)
    return text
  }

  /// The instants that drivers of PostgreSQL give for its infinite times, in their milliseconds.
  private static func infinity(_ count: Int64, _ units: Int64) -> String? {
    let milliseconds = units >= 1_000 ? count / (units / 1_000) : count
    if milliseconds == 9_223_372_036_825_200_000 { return "infinity" }
    if milliseconds == -9_223_372_036_832_400_000 { return "-infinity" }
    guard units == 1_000_000 else { return nil }
    if count == 9_223_372_036_825_200_000 { return "infinity" }
    return count == -9_223_372_036_832_400_000 ? "-infinity" : nil
  }

  /// Appends `08:30:00.25` for seconds of a day and units of a second, which are not negative.
  static func append(
    _ seconds: Int64, _ fraction: Int64, _ unitsPerSecond: Int64, to text: inout [UInt8]
  ) {
    let seconds = Int(seconds)
    text += Array(
      "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        .utf8)
    text += ClockText.fraction(fraction, unitsPerSecond)
  }

  /// A fraction of a second with as many digits as are not zero, behind a point.
  static func fraction(_ fraction: Int64, _ unitsPerSecond: Int64) -> [UInt8] {
    guard fraction != 0 else { return [] }
    var digits = padded(Int(fraction), "\(unitsPerSecond)".utf8.count - 1)
    while digits.hasSuffix("0") { digits.removeLast() }
    return Array(".\(digits)".utf8)
  }
}
