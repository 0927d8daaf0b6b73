package import Core

/// The span of time that a run is for: `[start, end)`, in UTC.
package struct RunInterval: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var start: Timestamp
  package var end: Timestamp

  /// The interval between two instants; nil when it is empty.
  package init?(_ start: Timestamp, _ end: Timestamp) {
    guard start < end else { return nil }
    self.start = start
    self.end = end
  }

  /// Reads `START/END`, each a time or a day, or a day alone, which is its 24 hours in UTC.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1:
      guard let day = CivilDate(isoText: parts[0]), let start = Timestamp(day),
        let end = start.adding(microseconds: Timestamp.microsecondsPerDay)
      else { return nil }
      self.init(start, end)
    case 2:
      guard let start = Timestamp(rfc3339Text: parts[0]), let end = Timestamp(rfc3339Text: parts[1])
      else { return nil }
      self.init(start, end)
    default: return nil
    }
  }

  /// `[2026-03-01T00:00:00Z, 2026-03-02T00:00:00Z)`.
  package var description: String { "[\(start), \(end))" }

  /// `START/END` of one width, which `init(_:)` reads.
  package var text: String { "\(start.ledgerText)/\(end.ledgerText)" }

  /// How long it is, in microseconds.
  package var length: Int64 {
    // Both lie in the years that a clock shows, or it could not have been written.
    end.microseconds.subtractingReportingOverflow(start.microseconds).partialValue
  }

  package static func < (left: RunInterval, right: RunInterval) -> Bool {
    (left.start, left.end) < (right.start, right.end)
  }
}

extension Timestamp {
  /// RFC 3339 in UTC with six digits of the fraction, so that texts sort as times do.
  package var ledgerText: String {
    let ofDay = microsecondOfDay
    let seconds = Int(ofDay / Timestamp.microsecondsPerSecond)
    let fraction = Int(ofDay % Timestamp.microsecondsPerSecond)
    return "\(date)T\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):"
      + "\(padded(seconds % 60, 2)).\(padded(fraction, 6))Z"
  }
}
