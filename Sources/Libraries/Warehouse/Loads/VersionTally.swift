/// What became of delivered versions: each is a version of the history, or is told why not.
package struct VersionTally: Hashable, Sendable {
  package var delivered = 0
  package var versions = 0
  /// Those that changed nothing tracked.
  package var unchanged = 0
  /// Those that came twice.
  package var repeated = 0
  /// Those that held at no time.
  package var empty = 0
  /// Values of kept columns that are not the first one, which stays.
  package var keptDifferences = 0

  /// Whether nothing is missing and nothing is too much.
  package var isBalanced: Bool { delivered == accounted }

  /// How many are told of.
  package var accounted: Int { versions + unchanged + repeated + empty }

  package init() {}

  mutating func add(_ other: VersionTally) {
    delivered += other.delivered
    versions += other.versions
    unchanged += other.unchanged
    repeated += other.repeated
    empty += other.empty
    keptDifferences += other.keptDifferences
  }
}
