import Core

/// Writes a change as the next version of the log, however many others do the same.
struct Committer {
  private let table: Table
  private let change: Change

  init(_ table: Table, _ change: Change) {
    self.table = table
    self.change = change
  }

  func commit() throws(Fault) -> CommitOutcome {
    let log = table.log
    var base = change.snapshot?.version ?? -1
    var lastTime = change.snapshot.flatMap { $0.keepsCommitTimes ? $0.timestamp : nil }
    while true {
      guard base + 1 < .max else {
        throw Fault(
          .data, at: Place(log.path), "the table has come to its last version",
          remedy: "restore the log from a copy, or copy the rows to another table")
      }
      let time = commitTime(after: lastTime)
      let lines = LogLines.bytes(change.actions(onTopOf: base, at: time))
      if try table.fileSystem.create(log.commitPath(base + 1), lines) == .published {
        return .committed(version: base + 1, checkpointFault: checkpoint(base + 1))
      }
      let latest = try log.listing()?.latest ?? -1
      guard latest > base else {
        throw Fault(
          .temporary, at: Place(log.commitPath(base + 1)), "another writer is making this version",
          remedy: "run the job again")
      }
      for version in base + 1...latest {
        let actions = try log.commit(version)
        if let reason = change.conflict(with: actions, version: version) {
          return .conflicted(version: version, reason: reason)
        }
        if let time = actions.lazy.compactMap({ $0.commitRecord?.inCommitTimestamp }).first {
          lastTime = time
        }
      }
      base = latest
    }
  }

  /// Now, but later than the version before by at least the log's unit of time.
  private func commitTime(after last: Timestamp?) -> Timestamp {
    let now = change.context.clock.now.milliseconds
    return Timestamp(milliseconds: max(now, (last?.milliseconds).map { $0 + 1 } ?? now))
  }

  /// Makes a checkpoint when one is due. The version stands whatever becomes of it.
  private func checkpoint(_ version: Int64) -> Fault? {
    let interval =
      change.configuration["delta.checkpointInterval"].flatMap { Int64($0) }
      ?? CheckpointWriter.standardInterval
    guard interval > 0, version.isMultiple(of: interval), let base = change.snapshot else {
      return nil
    }
    do {
      let snapshot = try base.advanced(to: version)
      try CheckpointWriter(table).write(snapshot, at: change.context.clock)
      return nil
    } catch {
      return error
    }
  }
}
