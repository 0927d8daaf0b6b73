package import Core

extension Timestamp {
  /// How many whole seconds after `other` this is; negative before it.
  package func secondCount(since other: Timestamp) -> Int64 {
    // Both are times that a clock showed, or a log says it did: what wraps around is no length.
    (microseconds &- other.microseconds) / Timestamp.microsecondsPerSecond
  }

  /// The same with fractions.
  package func exactSeconds(since other: Timestamp) -> Double {
    // As above.
    Double(microseconds &- other.microseconds) / 1e6
  }
}
