package import Core

/// Who makes a commit, when and why; it is written down in the commit itself.
package struct CommitContext: Sendable {
  /// The program and its version: `Medallion/1.0.0`.
  package var engine: String
  /// What is done, such as `WRITE`, `MERGE` or `REFRESH`.
  package var operation: String
  /// Details of the operation, in this order.
  package var parameters: [(String, String)]
  /// The run that makes the commit.
  package var runID: String
  package var clock: Clock

  package init(
    engine: String, operation: String, parameters: [(String, String)] = [], runID: String,
    clock: Clock
  ) {
    self.engine = engine
    self.operation = operation
    self.parameters = parameters
    self.runID = runID
    self.clock = clock
  }
}

/// What became of a transaction.
package enum CommitOutcome: Equatable, Sendable {
  /// The change is in the table, durable, as this version. A checkpoint that was due and could not
  /// be made is told besides; it is no loss.
  case committed(version: Int64, checkpointFault: Fault?)
  /// There was nothing to change; the table stands at this version (nil: there is no table).
  case unchanged(version: Int64?)
  /// The application had recorded this or a later transaction before: nothing was done.
  case alreadyApplied(version: Int64)
  /// Another writer committed `version` first, and the change no longer fits.
  case conflicted(version: Int64, reason: String)
}
