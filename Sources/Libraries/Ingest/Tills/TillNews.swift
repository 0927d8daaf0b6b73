import Core

/// What a run's events tell of the tills that sent them.
package struct TillNews: Equatable, Sendable {
  /// What became of the numbers in sequence.
  package struct Sequence: Equatable, Sendable {
    /// The field of the number.
    package let field: String
    /// Numbers that are missing since this run.
    package let opened: [TillSequences.Gap]
    /// Numbers that were missing and came with this run.
    package let filled: [TillSequences.Gap]
    /// All that are missing.
    package let open: [TillSequences.Gap]
    /// Events whose number had come before.
    package let repeatedCount: Int
    /// Numbers of this run's tills that are not waited for any longer.
    package let givenUpCount: Int
    /// Events that were taken but do not count: without a number or a till, or of a till too many.
    package let uncountedCount: Int
    /// Whether no more tills are counted.
    package let isFull: Bool
  }

  package var skew = ClockSkew()
  /// By how much a clock may be off.
  package var tolerance = Duration.zero
  /// Nil when nothing was counted.
  package var sequence: Sequence?
}

extension [TillSequences.Gap] {
  /// How many numbers the gaps have.
  package var numberCount: Int { reduce(0) { $0.saturatingAdd($1.numbers.count) } }
}
