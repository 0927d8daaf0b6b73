import Bronze
import Core
import LakeJobs

/// One pass over bronze for all flows of a run that are to take the very same files into their
/// tables: the table whose turn it is reads them, and the rows of those whose turn comes later are
/// judged with its own.
///
/// Each table still has a turn of its own, with its lock, its micro-batch, its quarantine and its
/// commit, and takes only what it would have read itself: where anything has come between, the rows
/// that wait for it are left, and it reads. So nothing that can go wrong is other than without.
final class SharedPass {
  private struct Waiting {
    let microBatch: MicroBatch
    let rows: RowsAhead
  }

  /// Rows by the table that they wait for.
  private var waiting: [LakeTableName: Waiting] = [:]

  /// The rows of those of `later` runs that would begin with the files of `microBatch`, which
  /// another is about to read.
  func rows(along microBatch: MicroBatch, of later: [StreamingTableRun]) -> [RowsAhead] {
    guard microBatch.canBeSliced else { return [] }
    return later.compactMap { run in
      // What was found to be too much to keep is no less now.
      if let known = waiting[run.dataset.name], known.microBatch.takes(filesOf: microBatch),
        known.rows.isComplete || known.rows.isDropped
      {
        return nil
      }
      // What is wrong with a table is told when its turn comes.
      guard let (own, rows) = try? run.rowsAhead(along: microBatch) else { return nil }
      waiting[run.dataset.name] = Waiting(microBatch: own, rows: rows)
      return rows
    }
  }

  /// The rows of `microBatch` that wait for a table; nil when it must read them.
  func rows(of name: LakeTableName, _ microBatch: MicroBatch) -> RowsAhead? {
    guard let known = waiting[name] else { return nil }
    guard known.rows.isComplete, known.microBatch.takes(filesOf: microBatch) else {
      waiting[name] = nil
      return nil
    }
    return known.rows
  }

  /// Lets go of what waits for a table, whose turn is over.
  func clear(_ name: LakeTableName) { waiting[name] = nil }
}
