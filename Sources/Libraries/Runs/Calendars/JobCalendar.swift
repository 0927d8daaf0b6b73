package import Core

/// Into which intervals a job's time is cut: hours, or days or weeks of a zone. Each instant lies
/// in exactly one; a day on which clocks are set has 23 or 25 hours, and is one day.
package struct JobCalendar: Sendable {
  /// What an interval is.
  package enum Kind: String, CaseIterable, Sendable {
    /// An hour of UTC: it has 60 minutes in every zone.
    case hourly
    case daily
    /// From Monday on.
    case weekly
    /// A day of a store, which may begin after midnight and skip days of the week.
    case businessDay = "business-day"
  }

  package let kind: Kind
  package let zoneName: String
  private let zone: ZoneRules
  /// When a day begins by its zone's clocks, in microseconds after midnight.
  private let dayStart: Int64
  /// The days of the week that count, from Monday 0.
  private let weekdays: Set<Int>

  /// A calendar of `kind`; nil when there is no such zone.
  package init?(
    _ kind: Kind, zone name: String = "UTC", dayStart: Int64 = 0,
    weekdays: Set<Int> = Set(0...6)
  ) {
    guard let zone = ZoneRules.named(name) else { return nil }
    self.kind = kind
    self.zone = zone
    zoneName = name
    self.dayStart = dayStart
    self.weekdays = weekdays
  }

  /// The interval that holds `instant`; nil on a day that does not count, and at the ends of time.
  package func interval(holding instant: Timestamp) -> RunInterval? {
    guard kind != .hourly else {
      guard let start = instant.floored(to: Self.hour),
        let end = start.adding(microseconds: Self.hour)
      else { return nil }
      return RunInterval(start, end)
    }
    guard let date = date(of: instant), weekdays.contains(date.weekday) || kind == .weekly else {
      return nil
    }
    return interval(from: date)
  }

  /// The intervals that begin at `first` or later and have ended by `last`, the oldest first.
  package func intervals(from first: Timestamp, to last: Timestamp, limit: Int = 100_000)
    -> [RunInterval]
  {
    var found: [RunInterval] = []
    guard var next = kind == .hourly ? interval(holding: first) : whole(holding: first) else {
      return []
    }
    while found.count < limit, next.end <= last {
      if next.start >= first, counts(next) { found.append(next) }
      guard let following = kind == .hourly ? interval(holding: next.end) : whole(holding: next.end)
      else { break }
      next = following
    }
    return found
  }

  /// The day, by the zone's clocks, that an interval begins on: what its rows' business date is.
  package func date(of interval: RunInterval) -> CivilDate? { date(of: interval.start) }

  /// The interval of the day, or week, that begins on `date`.
  package func interval(from date: CivilDate) -> RunInterval? {
    let first = kind == .weekly ? date.adding(days: -date.weekday) : date
    guard let first, let next = first.adding(days: kind == .weekly ? 7 : 1),
      let start = beginning(of: first), let end = beginning(of: next)
    else { return nil }
    return RunInterval(start, end)
  }

  /// `[start, end)` by the zone's clocks, each with how far it is from UTC.
  package func localText(of interval: RunInterval) -> String {
    "[\(local(interval.start)), \(local(interval.end)))"
  }

  private static let hour = 3_600 * Timestamp.microsecondsPerSecond

  private func counts(_ interval: RunInterval) -> Bool {
    guard kind == .businessDay || kind == .daily else { return true }
    return date(of: interval).map { weekdays.contains($0.weekday) } ?? false
  }

  /// The interval of days that holds `instant`, whether it counts or not.
  private func whole(holding instant: Timestamp) -> RunInterval? {
    date(of: instant).flatMap { interval(from: $0) }
  }

  /// The day that holds `instant`, which begins when days of this calendar do.
  private func date(of instant: Timestamp) -> CivilDate? {
    guard let local = zone.localTime(at: instant),
      var date = local.adding(microseconds: -dayStart)?.date
    else { return nil }
    // Where clocks are set at the turn of a day its first hour may seem to be the day's before.
    while let start = beginning(of: date), start > instant, let before = date.adding(days: -1) {
      date = before
    }
    while let next = date.adding(days: 1), let start = beginning(of: next), start <= instant {
      date = next
    }
    return date
  }

  private func beginning(of date: CivilDate) -> Timestamp? {
    Timestamp(date, microsecondOfDay: dayStart).flatMap { zone.instant(ofLocal: $0) }
  }

  private func local(_ instant: Timestamp) -> String {
    let offset = zone.offset(at: instant)
    let clock = zone.localTime(at: instant)?.description.dropLast() ?? ""
    let minutes = abs(offset) / 60
    return "\(clock)\(offset < 0 ? "-" : "+")\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
  }
}
