import Core

/// A day and a time of day as connectors write them in ISO 8601: `2026-03-01T08:30:00.123456Z`,
/// with a signed year where it has not four digits, and as many digits of the second as there are.
struct ISOTime {
  private let date: CivilDate
  /// Seconds since midnight, and the digits behind their point.
  private let seconds: Int
  private let fraction: Substring
  /// Seconds that the zone is ahead of UTC.
  private let offset: Int
  /// What stands there instead of a time.
  private let word: String?

  /// Reads `text`; nil when it is no such time.
  init?(_ text: String) {
    if text == "infinity" || text == "-infinity" {
      (date, seconds, fraction, offset, word) = (CivilDate(dayNumber: 0), 0, "", 0, text)
      return
    }
    guard let separator = text.firstIndex(where: { $0 == "T" || $0 == " " }),
      let date = ISOTime.day(text[..<separator]),
      let clock = ISOTime.clock(text[text.index(after: separator)...])
    else { return nil }
    self.date = date
    (seconds, fraction, offset) = clock
    word = nil
  }

  /// The time in UTC, with its zone: `2026-03-01 07:30:00.123456+00`.
  var utcText: [UInt8]? {
    if let word { return Array(word.utf8) }
    let shifted = seconds - offset
    let days = Int(floorDivide(Int64(shifted), 86_400))
    guard let day = date.adding(days: days) else { return nil }
    return Array("\(day) \(ISOTime.clockText(shifted - days * 86_400, fraction))+00".utf8)
  }

  /// The time without its zone.
  var localText: [UInt8] {
    Array((word ?? "\(date) \(ISOTime.clockText(seconds, fraction))").utf8)
  }

  /// A time of day, with its zone as PostgreSQL writes it where that was told.
  static func timeOfDay(_ text: String) -> [UInt8]? {
    guard let (seconds, fraction, offset) = clock(text[...]) else { return nil }
    let clockText = clockText(seconds, fraction)
    let last = text.last ?? "0"
    guard last == "Z" || text.dropFirst(3).contains(where: { $0 == "+" || $0 == "-" }) else {
      return Array(clockText.utf8)
    }
    let ahead = abs(offset)
    let minutes = ahead / 60 % 60 == 0 ? "" : ":\(padded(ahead / 60 % 60, 2))"
    return Array("\(clockText)\(offset < 0 ? "-" : "+")\(padded(ahead / 3_600, 2))\(minutes)".utf8)
  }

  /// A day, behind which a zone may stand that says nothing.
  static func date(_ text: String) -> [UInt8]? {
    if text == "infinity" || text == "-infinity" { return Array(text.utf8) }
    var end = text.endIndex
    if let zone = text.dropFirst(8).firstIndex(where: { $0 == "Z" || $0 == "+" }) { end = zone }
    return day(text[..<end]).map { Array($0.description.utf8) }
  }

  private static func day(_ text: Substring) -> CivilDate? {
    let sign = text.first == "-" ? -1 : 1
    let parts = (text.first == "-" || text.first == "+" ? text.dropFirst() : text)
      .split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, (4...9).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
      parts[2].utf8.count == 2, let year = number(parts[0]), let month = number(parts[1]),
      let day = number(parts[2])
    else { return nil }
    return CivilDate(year: sign * year, month: month, day: day)
  }

  private static func clock(
    _ text: Substring
  ) -> (seconds: Int, fraction: Substring, offset: Int)? {
    let zoneStart = text.firstIndex { "Z+-".contains($0) } ?? text.endIndex
    let halves = text[..<zoneStart].split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap(number)
    guard (2...3).contains(parts.count), numbers.count == parts.count,
      parts.allSatisfy({ $0.utf8.count == 2 }), numbers[1] < 60,
      numbers.count < 3 || numbers[2] < 60, let offset = zone(text[zoneStart...])
    else { return nil }
    var fraction: Substring = ""
    if halves.count == 2 {
      guard number(halves[1]) != nil else { return nil }
      fraction = halves[1]
    }
    let seconds = numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
    guard seconds <= 86_400 else { return nil }
    return (seconds, fraction, offset)
  }

  private static func zone(_ text: Substring) -> Int? {
    guard let sign = text.first, sign != "Z" else { return text.count <= 1 ? 0 : nil }
    let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap(number)
    guard (1...3).contains(parts.count), numbers.count == parts.count,
      parts.allSatisfy({ $0.utf8.count == 2 }), numbers[0] <= 18
    else { return nil }
    let seconds = zip(numbers, [3_600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
    return sign == "-" ? -seconds : seconds
  }

  /// The number that decimal digits, at most eighteen, spell.
  private static func number(_ text: Substring) -> Int? {
    guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ digitValue($0) <= 9 }) else {
      return nil
    }
    return Int(text)
  }

  private static func clockText(_ seconds: Int, _ fraction: Substring) -> String {
    var digits = fraction
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):"
      + padded(seconds % 60, 2) + (digits.isEmpty ? "" : ".\(digits)")
  }
}
