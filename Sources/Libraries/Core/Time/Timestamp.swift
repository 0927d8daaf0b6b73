/// An instant in UTC, as microseconds since 1970-01-01T00:00:00Z (Spark's TIMESTAMP).
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  package static let microsecondsPerSecond: Int64 = 1_000_000
  package static let microsecondsPerDay: Int64 = 86_400_000_000

  /// Microseconds since the epoch; negative before it.
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  /// Midnight UTC of `date`.
  package init(_ date: CivilDate) {
    microseconds = Int64(date.dayNumber) * Timestamp.microsecondsPerDay
  }

  /// The UTC day the instant falls on.
  package var date: CivilDate {
    CivilDate(dayNumber: Int32(clamping: floorDivide(microseconds, Timestamp.microsecondsPerDay)))
  }

  /// Microseconds since midnight UTC.
  package var microsecondOfDay: Int64 {
    microseconds - Int64(date.dayNumber) * Timestamp.microsecondsPerDay
  }

  /// RFC 3339 in UTC with as many digits of the fraction as are not zero: `2017-01-01T12:30:27.5Z`.
  package var description: String {
    "\(date)T\(timeOfDayText)Z"
  }

  /// The text Spark's CAST to STRING gives in zone UTC: `2017-01-01 12:30:27.5`.
  package var sparkText: String {
    "\(date) \(timeOfDayText)"
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  private var timeOfDayText: String {
    let ofDay = microsecondOfDay
    let seconds = Int(ofDay / Timestamp.microsecondsPerSecond)
    let fraction = Int(ofDay % Timestamp.microsecondsPerSecond)
    let clock =
      "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    guard fraction != 0 else { return clock }
    var digits = padded(fraction, 6)
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(clock).\(digits)"
  }
}

/// The quotient rounded toward negative infinity.
@inlinable
package func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
  let quotient = dividend / divisor
  return dividend % divisor != 0 && (dividend < 0) != (divisor < 0) ? quotient - 1 : quotient
}
