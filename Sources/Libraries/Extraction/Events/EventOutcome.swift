package import Bronze

/// What became of a table's events in one step.
package struct EventOutcome {
  package let table: ExtractedTable
  /// Nil when nothing was new, or was only looked at.
  package internal(set) var commit: BronzeCommit?
  package internal(set) var changeCount = 0
  package internal(set) var rejectedCount = 0
  /// Events that were taken before.
  package internal(set) var repeatedCount = 0
  /// Rows under a new key whose large values neither event nor bronze tells.
  package internal(set) var incompleteCount = 0

  init(_ table: ExtractedTable) { self.table = table }
}
