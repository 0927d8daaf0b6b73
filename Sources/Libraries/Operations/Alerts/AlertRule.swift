package import Core

/// Which problems are worth a word, and to whom.
package struct AlertRule: Sendable {
  /// What is a problem.
  package enum Condition: String, CaseIterable, Sendable {
    /// A run failed, after its last try, or was lost.
    case failed
    /// A rule of level error does not hold.
    case quality
    /// A table was not built by its deadline, or will not be.
    case deadline
    /// Too many records are refused at the door.
    case rejects
    /// Too many rows are set aside by rules.
    case quarantined
    /// Too many runs fail.
    case failures
    /// A run takes longer than its own trend.
    case slow
    /// What comes in comes later than it used to.
    case lag
    /// The last proof that the backup can be restored is too old.
    case unproven
    /// Members that facts named are not described by any source for too long.
    case inferred
    /// A channel takes no messages.
    case undelivered
  }

  /// A range of exit statuses.
  package typealias Statuses = ClosedRange<Int>

  package var condition: Condition
  package var jobs: [NamePattern] = []
  package var tables: [NamePattern] = []
  package var layers: [String] = []
  /// The exit statuses that count; of a lost run 137.
  package var statuses: [Statuses] = []
  /// How many runs must have failed in a row.
  package var inARow = 1
  /// The share, from 0 to 1, or the factor beyond which it is a problem.
  package var limit = 0.0
  /// Over how many seconds shares are taken, or after how many something should have come.
  package var window: Int64 = 86_400
  /// How many runs or rows there must be.
  package var least = 1
  package var severity = Severity.error
  package var owner: String?
  /// The channels that are told.
  package var channels: [String] = []
  package var escalation: Escalation?
  package var place: Place

  /// Who is told when nobody has acknowledged it for a while.
  package struct Escalation: Sendable, Equatable {
    package var seconds: Int64
    package var channels: [String]
  }

  package init(_ condition: Condition, at place: Place) {
    self.condition = condition
    self.place = place
  }

  /// Whether the rule is for a job, and the tables it makes.
  package func covers(job: String?, tables made: [String]) -> Bool {
    if !jobs.isEmpty {
      guard let job, jobs.contains(where: { $0.matches(job) }) else { return false }
    }
    if !tables.isEmpty {
      guard made.contains(where: { name in tables.contains { $0.matches(name) } }) else {
        return false
      }
    }
    if !layers.isEmpty {
      guard made.contains(where: { layers.contains(String($0.prefix { $0 != "." })) }) else {
        return false
      }
    }
    return true
  }

  /// Whether a run that ended so counts.
  package func counts(status: Int) -> Bool {
    statuses.isEmpty ? status != 0 : statuses.contains { $0.contains(status) }
  }
}

/// When people are left in peace, unless it is bad.
package struct QuietHours: Sendable {
  package var zone: ZoneRules
  /// Minutes of the zone's day.
  package var from: Int64
  package var to: Int64
  /// What is at least as bad is told all the same.
  package var severity: Severity

  package init(zone: ZoneRules, from: Int64, to: Int64, severity: Severity) {
    self.zone = zone
    self.from = from
    self.to = to
    self.severity = severity
  }

  /// When a message of `severity` may go: `now`, or the end of the hours that `now` is in.
  package func opening(for severity: Severity, at now: Timestamp) -> Timestamp {
    guard severity < self.severity, from != to, let local = zone.localTime(at: now) else {
      return now
    }
    let minute = local.microsecondOfDay / (60 * Timestamp.microsecondsPerSecond)
    let isQuiet = from < to ? from <= minute && minute < to : minute >= from || minute < to
    guard isQuiet else { return now }
    let day = minute < to ? local.date : local.date.adding(days: 1)
    let end = day.flatMap {
      Timestamp($0, microsecondOfDay: to * 60 * Timestamp.microsecondsPerSecond)
    }
    return end.flatMap { zone.instant(ofLocal: $0) } ?? now
  }
}
