import Core

/// When a run that failed is tried again: after 75 (try again later), and once after 137, which is
/// most often the system that was out of memory. Nothing else gets better by waiting.
package struct RetryPolicy: Equatable, Sendable {
  /// How often a run is tried in all.
  package var tries = 5
  /// The wait before the second try.
  package var base = Duration.seconds(30)
  /// What a wait is of the one before.
  package var factor = 2.0
  /// The longest wait.
  package var cap = Duration.seconds(1_800)
  /// So long all tries may take, the waits among them; nil is any time.
  package var budget: Duration?

  package init() {}

  /// `base × factor^(number - 2)`, at most `cap`, however great the number; before the first try
  /// nothing is waited for.
  package func fullDelay(before number: Int) -> Duration {
    guard number >= 2 else { return .zero }
    var delay = base
    for _ in 2..<max(2, number) {
      if delay >= cap || factor <= 1 { break }
      delay = Self.times(delay, factor)
    }
    return min(delay, cap)
  }

  /// The wait before a try of the run of that identity: 50 to 100 % of the full one, so that what
  /// failed together does not come back together. A run's waits are known before it begins.
  package func delay(before number: Int, of runID: String) -> Duration {
    let digest = SHA256.digest(of: Array("\(runID) \(number)".utf8))
    let bits = digest[..<8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    let share = 0.5 + Double(bits >> 11) / Double(1 << 53 as UInt64) / 2
    return Self.times(fullDelay(before: number), share)
  }

  /// Whether a run is tried again that ended with `status` in its try of `number`, after so many
  /// killed ones before.
  package func triesAgain(after status: Int, number: Int, killedBefore: Int) -> Bool {
    guard number < tries else { return false }
    return status == 75 || status == 137 && killedBefore == 0
  }

  /// Exact to a microsecond, and no more than what a number of them holds.
  private static func times(_ duration: Duration, _ factor: Double) -> Duration {
    let microseconds = duration / .microseconds(1) * factor
    return .microseconds(Int64(min(max(microseconds.rounded(), 0), 9e15)))
  }
}
