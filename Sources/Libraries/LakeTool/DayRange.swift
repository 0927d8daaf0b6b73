import ArgumentParser
package import Core

/// Days from the first to the last but one: `2026-03-01/2026-03-08`, or one alone.
package struct DayRange: Equatable, Sendable, ExpressibleByArgument {
  package let days: Range<CivilDate>

  package init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let first = CivilDate(isoText: parts[0]),
      let end = parts.count == 2 ? CivilDate(isoText: parts[1]) : first.adding(days: 1),
      first < end
    else { return nil }
    days = first..<end
  }
}
