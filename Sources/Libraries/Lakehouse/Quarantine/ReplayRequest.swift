/// A row to be replayed, perhaps with another text.
package struct ReplayRequest: Sendable {
  package var row: QuarantinedRow
  package var raw: [UInt8]

  package init(_ row: QuarantinedRow, raw: [UInt8]? = nil) {
    self.row = row
    self.raw = raw ?? row.raw
  }
}

/// What became of rows that were replayed.
package struct ReplayResult {
  /// How many are; those that were replayed before are passed over.
  package var count = 0
  /// The commit that was made in bronze.
  package var commit: BronzeCommit?
  /// What its events tell of their tills.
  package var news = TillNews()
}
