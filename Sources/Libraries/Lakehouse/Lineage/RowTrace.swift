package import LakeJobs

/// Where rows of a table came from: the rows of each table behind them, down to lines of bronze.
///
/// A row leads to those rows of an input that meet what its own values say of them: through the
/// query of the job, its filters, keys that are computed, and joins.
package struct RowTrace: Sendable {
  /// A line of a raw file.
  package struct Line: Hashable, Sendable {
    package var file: String
    package var number: Int64
    package var text: String
    /// Who had it read once more after it was set aside, and why; `text` is as it was read then.
    package var replay: String?
  }

  package let table: LakeTableName
  /// What the rows have in common, in the words of SQL.
  package let condition: String
  /// Whether all of these rows stand behind the rows asked for; else these are at most the ones
  /// that do.
  package let isExact: Bool
  /// How many rows there are; of a bronze table, lines.
  package let count: Int
  /// The first of them, as JSON objects.
  package let rows: [String]
  /// The lines, of a bronze table.
  package let lines: [Line]
  /// Where the rows came from.
  package let inputs: [RowTrace]
}
