package import Core

/// How old a day is, as people say it: so many days, months or years.
package struct Age: Sendable, Equatable, CustomStringConvertible {
  private let count: Int
  private let unit: Unit

  private enum Unit: String, CaseIterable {
    case day, month, year
  }

  /// So many days.
  package init(days: Int) { (count, unit) = (days, .day) }

  /// Reads `30 days`, `6 months`, `7 years`, `30d`; nil when it is not that.
  package init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let word = text.dropFirst(digits.count).trimmed
    guard let count = Int(digits), (0...100_000).contains(count),
      let unit = Unit.allCases.first(where: { unit in
        [unit.rawValue, unit.rawValue + "s", String(unit.rawValue.prefix(1))]
          .contains(String(word))
      })
    else { return nil }
    (self.count, self.unit) = (count, unit)
  }

  package var description: String { counted(count, unit.rawValue) }

  /// About how many days it is, to compare two.
  package var dayCount: Int {
    switch unit {
    case .day: count
    case .month: count * 365 / 12
    case .year: count * 365
    }
  }

  /// The last day that is so old on `today`. A month back from the 31st is the last of a shorter.
  package func lastDay(on today: CivilDate) -> CivilDate {
    let day =
      switch unit {
      case .day: today.adding(days: -count)
      case .month: today.adding(months: -count)
      case .year: today.adding(months: -12 * count)
      }
    return day ?? CivilDate(dayNumber: .min)
  }
}
