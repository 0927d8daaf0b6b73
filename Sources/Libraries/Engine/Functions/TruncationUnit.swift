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

  /// Whether it cuts dates: no unit shorter than a week does.
  var cutsDates: Bool {
    switch self {
    case .year, .quarter, .month, .week: true
    default: false
    }
  }

  /// The first day of the unit `date` falls into, for a unit that cuts dates; nil where it lies
  /// before all days.
  func start(of date: CivilDate) -> CivilDate? {
    let (year, month, _) = date.components
    switch self {
    case .year: return CivilDate(year: year, month: 1, day: 1)
    case .quarter: return CivilDate(year: year, month: (month - 1) / 3 * 3 + 1, day: 1)
    case .month: return CivilDate(year: year, month: month, day: 1)
    case .week: return date.adding(days: -date.weekday)
    default: return date
    }
  }

  /// The first instant of the unit `instant` falls into; nil where it lies before all instants.
  func start(of instant: Timestamp) -> Timestamp? {
    switch self {
    case .year, .quarter, .month, .week: start(of: instant.date).flatMap { Timestamp($0) }
    case .day: instant.floored(to: Timestamp.microsecondsPerDay)
    case .hour: instant.floored(to: 3_600_000_000)
    case .minute: instant.floored(to: 60_000_000)
    case .second: instant.floored(to: 1_000_000)
    case .millisecond: instant.floored(to: 1_000)
    case .microsecond: instant
    }
  }
}
