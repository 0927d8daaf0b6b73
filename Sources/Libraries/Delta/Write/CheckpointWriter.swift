import Core

/// Writes checkpoints.
struct CheckpointWriter {
  /// A checkpoint every so many versions, unless the table's properties say otherwise.
  static let standardInterval: Int64 = 10

  private let table: Table

  init(_ table: Table) { self.table = table }

  func write(_ version: Int64, at clock: Clock) throws(Fault) {}
}
