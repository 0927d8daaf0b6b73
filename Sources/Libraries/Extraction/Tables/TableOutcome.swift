package import Bronze
package import Database

/// What became of a table in one step of an extraction; there may be several steps.
package struct TableOutcome {
  package let table: ExtractedTable
  /// The system's address as a namespace of datasets, `sqlite:sources/orders.db`, without secrets.
  package let namespace: String
  package let summary: ExtractionSummary
  /// Text that is not UTF-8 in the rows that were taken, by column.
  package let foreignTexts: [(column: String, found: Oddity)]
  /// Nil when nothing changed, or was only looked at.
  package let commit: BronzeCommit?
  /// What else a person should know, a sentence each.
  package var notes: [String] = []
}
