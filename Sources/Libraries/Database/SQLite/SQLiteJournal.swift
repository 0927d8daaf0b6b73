import CSQLite
import Columnar
package import Core

extension SQLiteConnection {
  /// Where a transaction's pages go before it is committed. Either way a crash leaves the state
  /// before or after it, and a commit is on the disk when it returns.
  package enum Journal: Sendable {
    /// New pages go to a log and later to the database: readers go on with the state before.
    case ahead
    /// New pages go to the database, those they replace to a journal that brings them back after a
    /// crash: half the writing where a table is filled, but readers wait.
    case behind
  }

  /// Leaves the log beside the database when this connection is the last to close, so that the next
  /// one goes on with it: who comes often, with little, waits for the disk once each time. A log of
  /// more than `byteCount` bytes goes to the database first, unless others read it just now.
  package func keepLog(ofAtMost byteCount: Int) throws(Fault) {
    let status = medallion_keep_log(handle)
    guard status == SQLITE_OK else { throw fault(status) }
    let log = try LocalFileSystem().status(of: "\(wait.path)-wal")
    guard let log, log.byteCount > byteCount else { return }
    wait.isPatient = false
    defer { wait.isPatient = true }
    try execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  /// Turns to `journal`, outside of a transaction; false when others have the database open.
  @discardableResult
  package func turn(to journal: Journal) throws(Fault) -> Bool {
    // The journal is cut, not deleted: only its new length is sure to reach the disk.
    let mode = journal == .ahead ? "WAL" : "TRUNCATE"
    wait.isPatient = false
    defer { wait.isPatient = true }
    do {
      return try value("PRAGMA journal_mode = \(mode)") == .string(mode.lowercased())
    } catch {
      guard error.kind == .temporary else { throw error }
      return false
    }
  }
}
