import Columnar
import Core

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
