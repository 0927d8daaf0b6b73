import Core

/// What `trunc` and `date_trunc` cut to.
enum TruncationUnit: String {
  case year, quarter, month, week, day, hour, minute, second, millisecond, microsecond

  /// The unit a word names in any letter case, or nil.
  init?(named word: String) {
    let lowered = word.lowercased()
    if let unit = TruncationUnit(rawValue: lowered) {
      self = unit
      return
    }
    switch lowered {
    case "yyyy", "yy": self = .year
    case "mon", "mm": self = .month
    case "dd": self = .day
    default: return nil
    }
  }

  /// The first day of the unit `date` falls into; nil for units shorter than a week.
  func start(of date: CivilDate) -> CivilDate? {
    let (year, month, _) = date.components
    switch self {
    case .year: return CivilDate(year: year, month: 1, day: 1)
    case .quarter: return CivilDate(year: year, month: (month - 1) / 3 * 3 + 1, day: 1)
    case .month: return CivilDate(year: year, month: month, day: 1)
    case .week: return CivilDate(dayNumber: date.dayNumber - Int32(date.weekday))
    default: return nil
    }
  }

  /// The first instant of the unit `instant` falls into.
  func start(of instant: Timestamp) -> Timestamp? {
    let length: Int64
    switch self {
    case .year, .quarter, .month, .week: return start(of: instant.date).map { Timestamp($0) }
    case .day: length = Timestamp.microsecondsPerDay
    case .hour: length = 3_600_000_000
    case .minute: length = 60_000_000
    case .second: length = 1_000_000
    case .millisecond: length = 1_000
    case .microsecond: length = 1
    }
    return Timestamp(microseconds: floorDivide(instant.microseconds, length) * length)
  }
}

extension CivilDate {
  /// Monday 0 to Sunday 6.
  var weekday: Int {
    let shifted = (Int(dayNumber) + 3) % 7
    return shifted < 0 ? shifted + 7 : shifted
  }

  /// 1 to 366.
  var dayOfYear: Int {
    Int(dayNumber) - Int(CivilDate(year: components.year, month: 1, day: 1)?.dayNumber ?? 0) + 1
  }

  /// The ISO week and the year it counts in.
  var isoWeek: (year: Int, week: Int) {
    // A week belongs to the year its Thursday falls into.
    let thursday = CivilDate(dayNumber: dayNumber - Int32(weekday) + 3)
    return (thursday.components.year, (thursday.dayOfYear - 1) / 7 + 1)
  }
}
