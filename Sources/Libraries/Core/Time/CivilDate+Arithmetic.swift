// Days and instants are moved by these alone. They give nil where 32 bits of days and 64 bits of
// microseconds end: a bare `+` would end the process there, and `&+` come out at the other end of
// time. TidyTests holds the other files to it.

extension CivilDate {
  /// The day `number` days after 1970-01-01; nil past what 32 bits hold.
  package init?(exactly number: Int) {
    guard let number = Int32(exactly: number) else { return nil }
    self.init(dayNumber: number)
  }

  /// The day so many days later, or earlier; nil where there is none.
  package func adding(days: Int) -> CivilDate? {
    let (sum, overflow) = Int(dayNumber).addingReportingOverflow(days)
    return overflow ? nil : CivilDate(exactly: sum)
  }

  /// The day so many months later, or earlier, its day of month cut to the month's last; nil where
  /// there is none.
  package func adding(months: Int) -> CivilDate? {
    let (year, month, day) = components
    let (total, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
    if overflow { return nil }
    let newYear = Int(floorDivide(Int64(total), 12))
    guard CivilDate.years.contains(newYear) else { return nil }
    let newMonth = total - newYear * 12 + 1
    let last = CivilDate.dayCount(year: newYear, month: newMonth)
    return CivilDate(year: newYear, month: newMonth, day: min(day, last))
  }

  /// How many days it is later than `other`; nil past 32 bits.
  package func days(since other: CivilDate) -> Int32? {
    let (days, overflow) = dayNumber.subtractingReportingOverflow(other.dayNumber)
    return overflow ? nil : days
  }

  /// Monday 0 to Sunday 6.
  package var weekday: Int {
    let shifted = (Int(dayNumber) + 3) % 7
    return shifted < 0 ? shifted + 7 : shifted
  }

  /// 1 to 366.
  package var dayOfYear: Int { CivilDate.dayOfYear(Int(dayNumber)) }

  /// The ISO week and the year it counts in.
  package var isoWeek: (year: Int, week: Int) {
    // A week belongs to the year its Thursday falls into.
    let thursday = Int(dayNumber) - weekday + 3
    let year = CivilDate.components(ofDay: thursday).year
    return (year, (CivilDate.dayOfYear(thursday) - 1) / 7 + 1)
  }

  private static func dayOfYear(_ number: Int) -> Int {
    let year = components(ofDay: number).year
    return number - dayNumber(year: year, month: 1, day: 1) + 1
  }
}

extension Timestamp {
  /// So many microseconds past midnight UTC of `date`; nil where 64 bits do not hold it, from the
  /// year 294247 on and before -290308.
  package init?(_ date: CivilDate, microsecondOfDay: Int64 = 0) {
    let (midnight, isFar) = Int64(date.dayNumber).multipliedReportingOverflow(
      by: Timestamp.microsecondsPerDay)
    let (instant, isPast) = midnight.addingReportingOverflow(microsecondOfDay)
    if isFar || isPast {
      // The first day begins before the first instant.
      let exact =
        Int128(date.dayNumber) * Int128(Timestamp.microsecondsPerDay) + Int128(microsecondOfDay)
      guard let instant = Int64(exactly: exact) else { return nil }
      self.init(microseconds: instant)
    } else {
      self.init(microseconds: instant)
    }
  }

  /// The instant so many microseconds later, or earlier; nil where there is none.
  package func adding(microseconds count: Int64) -> Timestamp? {
    let (sum, overflow) = microseconds.addingReportingOverflow(count)
    return overflow ? nil : Timestamp(microseconds: sum)
  }

  /// The instant so many seconds later, or earlier; nil where there is none.
  package func adding(seconds: Int64) -> Timestamp? {
    let (count, overflow) = seconds.multipliedReportingOverflow(
      by: Timestamp.microsecondsPerSecond)
    return overflow ? nil : adding(microseconds: count)
  }

  /// The instant so many months, then days, then microseconds later, or earlier; nil where there
  /// is none.
  package func adding(months: Int, days: Int, microseconds count: Int128) -> Timestamp? {
    guard let day = months == 0 ? date : date.adding(months: months),
      let later = day.adding(days: days)
    else { return nil }
    let start = Int128(later.dayNumber) * Int128(Timestamp.microsecondsPerDay)
    let (sum, overflow) = (start + Int128(microsecondOfDay)).addingReportingOverflow(count)
    guard !overflow, let instant = Int64(exactly: sum) else { return nil }
    return Timestamp(microseconds: instant)
  }

  /// The last multiple of `unit` microseconds, which is positive, that is not later; nil where
  /// there is none.
  package func floored(to unit: Int64) -> Timestamp? {
    let (start, overflow) = floorDivide(microseconds, unit).multipliedReportingOverflow(by: unit)
    return overflow ? nil : Timestamp(microseconds: start)
  }
}
