import Columnar
import Core
import Delta
import TableKeys

/// The auxiliary table of an AUTO CDC flow's target (Spark's word): events that left no row of
/// their own.
struct AuxiliaryTable {
  let table: Table
  let target: ChangeTarget
  /// Its columns, those sealed that are sealed in the target.
  let schema: Schema
  let commitContext: CommitContext
  /// Whether its columns may get wider types, as those of the target.
  let isWidening: Bool

  /// The index of the memory's keys.
  func index(scratchFolder: String) -> KeyIndex {
    KeyIndex(table, columns: target.unit, scratchFolder: scratchFolder)
  }

  /// Forgets everything, if there is anything.
  func clear() throws {
    guard try table.exists() else { return }
    try table.update(commitContext) { transaction in
      try transaction.overwriteAll(
        BatchList(schema, []), as: TableDefinition(schema: schema))
    }
  }

  /// Remembers what folded changes leave. Nothing is lost or doubled when they are taken in anew
  /// after it.
  func commit(_ folded: Fold.Outcome) throws {
    if folded.remembered.rowCount == 0, folded.forgotten.rowCount == 0 { return }
    try table.update(commitContext) { transaction in
      if transaction.snapshot == nil {
        try transaction.create(TableDefinition(schema: schema))
      } else {
        if isWidening { transaction.setProperties(["delta.enableTypeWidening": "true"]) }
        try transaction.evolve(to: schema)
      }
      _ = try transaction.merge(
        on: target.auxiliaryKeys, upserts: folded.remembered.source,
        deletions: folded.forgotten.source)
    }
  }
}
