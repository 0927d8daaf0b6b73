package import Core

/// How lively the business is on a day, in thousandths of an average day.
package enum Season {
  /// Monday to Sunday; their average is 1000.
  private static let weekday = [860, 850, 890, 960, 1_140, 1_280, 1_020]
  /// The middle of each month, January to December.
  private static let month = [
    880, 900, 950, 970, 1_000, 990, 980, 1_000, 970, 990, 1_090, 1_290,
  ]

  /// The share of an average day's business that `day` has.
  package static func share(_ day: CivilDate) -> Int {
    let ofYear = yearShare(day)
    if isBlackFriday(day) { return ofYear * 1_900 / 1_000 }
    if isChristmasDay(day) { return ofYear * 150 / 1_000 }
    return ofYear * weekday[weekdayIndex(day)] / 1_000
  }

  /// 0 on Monday to 6 on Sunday.
  static func weekdayIndex(_ day: CivilDate) -> Int {
    let index = (Int(day.dayNumber) + 3) % 7
    return index < 0 ? index + 7 : index
  }

  /// The number of the week (from Monday) since the one that holds 1970-01-01.
  static func week(_ dayNumber: Int) -> Int { Int(floorDivide(Int64(dayNumber) + 3, 7)) }

  /// The day of an average year, 0 to 365; a few days off the calendar's, which no season minds.
  static func yearDay(_ dayNumber: Int) -> Int {
    let position = (dayNumber * 400) % 146_097
    return (position < 0 ? position + 146_097 : position) / 400
  }

  /// Thousandths, straight between the middles of months.
  private static func yearShare(_ day: CivilDate) -> Int {
    let (_, monthNumber, dayOfMonth) = day.components
    let offset = dayOfMonth - 15
    let here = month[monthNumber - 1]
    let next = month[(monthNumber + (offset < 0 ? 10 : 0)) % 12]
    return here + (next - here) * abs(offset) / 31
  }

  private static func isBlackFriday(_ day: CivilDate) -> Bool {
    let (_, month, dayOfMonth) = day.components
    return month == 11 && weekdayIndex(day) == 4 && (23...29).contains(dayOfMonth)
  }

  private static func isChristmasDay(_ day: CivilDate) -> Bool {
    let (_, month, dayOfMonth) = day.components
    return month == 12 && dayOfMonth == 25
  }
}
