import Core
import Synchronization

/// The newest snapshots of the tables that a run has read: a later look at one reads only the
/// commits that came since. One shelf serves one run.
package final class SnapshotShelf: Sendable {
  /// A snapshot, and the file of its commit as it was then.
  private struct Entry {
    let snapshot: Snapshot
    let commit: FileStatus
  }

  private let entries = Mutex<[String: Entry]>([:])

  package init() {}

  /// The snapshot of `table` that is at hand, if all commits after it up to `version` are there.
  /// None when the commit it ends with is no longer the file it was: the table was made anew.
  func snapshot(
    of table: Table, upTo version: Int64, in listing: LogListing
  ) throws(Fault) -> Snapshot? {
    guard let entry = entries.withLock({ $0[table.path] }), entry.snapshot.version <= version,
      listing.hasCommits(from: entry.snapshot.version, to: version),
      try table.commitStatus(entry.snapshot.version) == entry.commit
    else { return nil }
    return try entry.snapshot.advanced(to: version)
  }

  /// Keeps `snapshot`, whose commit was the file `commit` before it was read.
  func keep(_ snapshot: Snapshot, _ commit: FileStatus?) {
    guard let commit else { return }
    let entry = Entry(snapshot: snapshot, commit: commit)
    entries.withLock { $0[snapshot.table.path] = entry }
  }
}

extension Table {
  /// The file of the commit that made `version`; nil when there is none any more.
  func commitStatus(_ version: Int64) throws(Fault) -> FileStatus? {
    try fileSystem.status(of: log.commitPath(version))
  }
}
