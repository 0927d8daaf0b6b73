import CSQLite
import Core

/// How long a connection waits for the locks of others, and that it says so.
final class SQLiteWait {
  /// Whether it waits at all.
  var isPatient = true

  let path: String
  private let patience: Duration
  private var start = ContinuousClock.now
  private var isTold = false

  init(_ path: String, patience: Duration) {
    self.path = path
    self.patience = patience
  }

  /// Has `handle`, which must not outlive this, wait so.
  func attach(to handle: OpaquePointer) {
    sqlite3_busy_handler(
      handle,
      { wait, count in
        guard let wait else { return 0 }
        return Unmanaged<SQLiteWait>.fromOpaque(wait).takeUnretainedValue().goesOn(count) ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Waits a moment; false when it has waited enough. `count` is how often it did for this lock.
  private func goesOn(_ count: Int32) -> Bool {
    if count == 0 {
      start = .now
      isTold = false
    }
    let waited = ContinuousClock.now - start
    guard isPatient, waited < patience else { return false }
    if !isTold, waited >= LockWaits.patience {
      isTold = true
      LockWaits.tell(path, heldBy: LockWaits.holder(ofFiles: [path, "\(path)-shm"]))
    }
    sqlite3_sleep(min(50, 1 << min(count, 6)))
    return true
  }
}
