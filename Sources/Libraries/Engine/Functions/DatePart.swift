import Columnar
import Core

/// What `extract` takes of a date or an instant, by Spark's names.
enum DatePart: String, CaseIterable {
  case year
  /// The year that the ISO week counts in.
  case yearofweek
  case quarter
  case month
  case week
  case day
  /// Sunday 1 to Saturday 7.
  case dayofweek
  /// Monday 1 to Sunday 7.
  case dayofweekISO = "dayofweek_iso"
  case doy
  case hour
  case minute
  /// With its fraction.
  case second

  /// The names that a message lists.
  static var names: [String] { allCases.map(\.rawValue) }

  /// The part that a word names in any letter case, or nil.
  init?(_ word: String) {
    let lowered = word.lowercased()
    guard let part = DatePart(rawValue: lowered) ?? Self.others[lowered] else { return nil }
    self = part
  }

  private static let others: [String: DatePart] = [
    "y": .year, "years": .year, "yr": .year, "yrs": .year, "qtr": .quarter, "mon": .month,
    "mons": .month, "months": .month, "w": .week, "weeks": .week, "d": .day, "days": .day,
    "dow": .dayofweek, "dow_iso": .dayofweekISO, "h": .hour, "hours": .hour, "hr": .hour,
    "hrs": .hour, "m": .minute, "min": .minute, "mins": .minute, "minutes": .minute, "s": .second,
    "sec": .second, "seconds": .second, "secs": .second,
  ]

  /// The function that takes it of one argument.
  func function(
    _ arguments: [FunctionCatalog.Argument]
  ) throws(FunctionCatalog.Refusal) -> ScalarFunction {
    switch self {
    case .yearofweek:
      return try FunctionCatalog.part("extract") { Int32($0.isoWeek.year) }(arguments)
    case .dayofweekISO:
      return try FunctionCatalog.part("extract") { Int32($0.weekday) + 1 }(arguments)
    case .second: return try Self.secondWithFraction(arguments)
    case .week: return try FunctionCatalog.scalar("weekofyear", arguments)
    case .doy: return try FunctionCatalog.scalar("dayofyear", arguments)
    default: return try FunctionCatalog.scalar(rawValue, arguments)
    }
  }

  private static let secondWithFraction = FunctionCatalog.function(
    "extract", [.timestamp], .decimal(precision: 8, scale: 6), isTotal: true
  ) { columns, count, _ in
    let minute: Int64 = 60_000_000
    // What wraps around before the first minute comes back.
    let values = mapRows(columns[0].int64s) { $0 &- floorDivide($0, minute) &* minute }
    return Column(
      .decimal(precision: 8, scale: 6), count: count, validity: columns[0].validity,
      .int64(values))
  }
}
