import Columnar
import Core

// Delta: the table format.
//
// A table is a folder of Parquet files and a log that says which of them count:
//
//     sales/_delta_log/00000000000000000000.json      version 0: one action a line
//     sales/_delta_log/00000000000000000010.checkpoint.parquet
//     sales/business_date=2017-01-01/part-<digest>.zstd.parquet
//
// A version is made by creating the next numbered file, which only one writer can do; nothing that
// stands is ever changed. The rooms, in this order: `Actions` (what a line says), `Schema` and
// `Log` (files to state), `Snapshot` (one version), `Scan` (its rows), `Transaction` (one change),
// `Changes` (what versions changed).
// Begin with `Table` in `Snapshot`. Nothing here knows what a table is for, or any SQL.
//
//     let table = Table("lake/silver/sales", fileSystem)
//     let rows = try table.snapshot()?.scan(columns: ["sku"]).sources(atMost: 2)
//     let outcome = try table.update(context) { transaction in try transaction.append(batches) }
//
// Reading: `LogFolder` → `LogSegment` → `LogReplay` → `TableState` → `Snapshot` → `TableScan`.
// Writing: `Transaction` → `PartitionedWriter` (files first) → commit → now and then a checkpoint.

extension Table {
  /// How often a change is worked out anew when other writers are first.
  package static let standardAttemptCount = 10

  /// Changes the table: `change` stages it on the newest version, then it is committed. When
  /// another writer's commit conflicts, `change` runs again on top of that, at most
  /// `attemptCount` times in all; `.temporary` then.
  @discardableResult
  package func update(
    _ context: CommitContext, attemptCount: Int = Table.standardAttemptCount,
    _ change: (inout Transaction) throws -> Void
  ) throws -> CommitOutcome {
    var reason = ""
    for _ in 0..<attemptCount {
      var transaction = try Transaction(self, on: snapshot(), context)
      try change(&transaction)
      let outcome = try transaction.commit()
      guard case .conflicted(_, let why) = outcome else { return outcome }
      reason = why
    }
    throw Fault(
      .temporary, at: Place(path), "other writers were first \(attemptCount) times: \(reason)",
      remedy: "run the job again")
  }
}
