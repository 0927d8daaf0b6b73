/// Who knows what columns are sensitive for.
package protocol SensitivityBook {
  /// What a column is sensitive for, and whether its values may be shown: only those of a column
  /// that somebody has looked at, and found harmless, may.
  func labels(of table: String, _ column: String) -> ColumnSensitivity
}

/// What a column is sensitive for.
package struct ColumnSensitivity: Sendable, Equatable {
  package var labels: [String]
  package var showsValues: Bool

  package init(_ labels: [String], showsValues: Bool) {
    self.labels = labels
    self.showsValues = showsValues
  }
}
