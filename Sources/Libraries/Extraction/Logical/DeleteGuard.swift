import Core
import Database
import LakeJobs

/// Keeps rows from vanishing by accident: so many at once are gone only when a person says so.
struct DeleteGuard {
  private let table: LogicalTable
  private let run: ExtractionRun

  init(_ table: LogicalTable, _ run: ExtractionRun) {
    self.table = table
    self.run = run
  }

  /// `.verdict` when `count` of `known` rows are more than may go; `what` says how they did.
  func check(_ count: Int, of known: Int, _ what: String) throws(Fault) {
    let allowed = DeleteLimit.standard.allowance(of: known)
    guard count > allowed, run.acceptedDeletes != count else { return }
    throw Fault(
      .verdict, at: table.source.place,
      "\(what) \(count) of \(known) rows, at most \(allowed) may go",
      remedy: "check the source, or confirm with --accept-deletes \(count)")
  }
}
