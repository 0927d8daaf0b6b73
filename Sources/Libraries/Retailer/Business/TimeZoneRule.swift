import Core

/// The clocks of North America: an offset from UTC, and summer time where it is kept.
struct TimeZoneRule {
  /// Hours behind UTC in winter.
  let winterHours: Int
  let keepsSummerTime: Bool

  static let eastern = TimeZoneRule(winterHours: 5, keepsSummerTime: true)
  static let central = TimeZoneRule(winterHours: 6, keepsSummerTime: true)
  static let mountain = TimeZoneRule(winterHours: 7, keepsSummerTime: true)
  static let arizona = TimeZoneRule(winterHours: 7, keepsSummerTime: false)
  static let pacific = TimeZoneRule(winterHours: 8, keepsSummerTime: true)
  static let alaska = TimeZoneRule(winterHours: 9, keepsSummerTime: true)
  static let hawaii = TimeZoneRule(winterHours: 10, keepsSummerTime: false)

  /// Hours behind UTC while shops are open: clocks change at night.
  func hours(isSummer: Bool) -> Int { winterHours - (keepsSummerTime && isSummer ? 1 : 0) }

  /// Whether `day` is one of summer time: from the second Sunday of March to the day before the
  /// first Sunday of November.
  static func isSummer(_ day: CivilDate) -> Bool {
    let (_, month, dayOfMonth) = day.components
    guard (3...11).contains(month) else { return false }
    guard month == 3 || month == 11 else { return true }
    // The first of the month falls on this weekday; Sunday is 6.
    let first = (Season.weekdayIndex(day) + 35 - (dayOfMonth - 1)) % 7
    let firstSunday = 1 + (6 - first)
    return month == 3 ? dayOfMonth >= firstSunday + 7 : dayOfMonth < firstSunday
  }
}
