import Columnar
import Delta
import Engine
import LakeQuery

/// The rows by which two versions of a table differ, as multisets, in the columns that a view
/// needs: what was only moved to another file, or changed elsewhere, is no difference.
struct RowDifference {
  /// Those that the later version has and the earlier one has not.
  private(set) var added: [Batch] = []
  /// Those that the earlier version has and the later one has not.
  private(set) var removed: [Batch] = []
  private let scan: LogicalPlan.Scan
  private let runner: QueryRunner

  /// Reads the changed files in the columns of `scan`; nil when more than `rowLimit` rows differ.
  init?(
    _ files: TableChanges.Files, of snapshot: Snapshot, _ scan: LogicalPlan.Scan,
    rowLimit: Int, _ runner: QueryRunner
  ) throws {
    self.scan = scan
    self.runner = runner
    func rows(_ files: [AddedFile]) -> LogicalPlan {
      var part = scan
      part.table = SnapshotTable(name: "changed files", snapshot, files: files)
      return .scan(part)
    }
    let new = rows(files.added)
    let old = rows(files.removed)
    let isGrowth = files.removed.isEmpty
    guard
      let added = try read(
        isGrowth ? new : .setOperation(new, old, .exceptAll), atMost: rowLimit)
    else { return nil }
    self.added = added.batches
    if isGrowth { return }
    guard
      let removed = try read(
        .setOperation(old, new, .exceptAll), atMost: rowLimit - added.rowCount)
    else { return nil }
    self.removed = removed.batches
  }

  /// Batches as a table that can be read in the scan's place.
  func table(_ batches: [Batch]) -> BatchTable {
    BatchTable("changed rows", Schema(scan.columns), batches)
  }

  private func read(
    _ plan: LogicalPlan, atMost limit: Int
  ) throws -> (batches: [Batch], rowCount: Int)? {
    let source = try runner.run(plan)
    var batches: [Batch] = []
    var rowCount = 0
    while let batch = try source.next() {
      batches.append(batch)
      rowCount += batch.rowCount
      if rowCount > limit { return nil }
    }
    return (batches, rowCount)
  }
}
