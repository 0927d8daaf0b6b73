import Columnar

/// Something that gives rows that were judged.
protocol CheckedSource: AnyObject {
  /// The columns of the rows.
  var schema: Schema { get }
  /// Whether the rows of a line come in one batch.
  var keepsLinesWhole: Bool { get }
  /// The next rows (never none), or nil at the end.
  func next() throws -> CheckedBatch?
}

/// Rows that passed, and what did not.
struct CheckedBatch: Sendable {
  var rows: Batch
  /// The hash of each row's key; empty when no keys were asked for.
  var hashes: [UInt64]
  /// Whether each row is the first of its line here; empty when that was not asked for.
  var starts: [Bool] = []
  /// Rows of the quarantine table.
  var quarantined: Batch?
}

/// The rows that passed, for who needs no more of them.
final class PassedRows: BatchSource {
  let schema: Schema
  private let source: any CheckedSource

  init(_ source: any CheckedSource) {
    self.source = source
    schema = source.schema
  }

  func next() throws -> Batch? { try source.next()?.rows }
}
