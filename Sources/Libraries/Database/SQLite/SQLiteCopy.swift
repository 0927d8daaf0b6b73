import CSQLite
import Columnar
package import Core

/// A copy of a database, for reading it at length where that would keep others from writing.
///
/// A reader never keeps the writers of a database with a write-ahead log waiting, but those of one
/// with a rollback journal for as long as it reads. So a large one is copied first, some pages at a
/// time with a pause after each, in which others write. Where they do the copy begins anew, so that
/// it is of one moment; where it has begun too often, it is made in one go.
package struct SQLiteCopy {
  private let path: String
  private let stepPageCount: Int32
  private let byteLimit: Int

  /// A copy of the database at `path`, if it has more than `byteLimit` bytes.
  package init(
    of path: String, stepPageCount: Int32 = 256, largerThan byteLimit: Int = 16 << 20
  ) {
    self.path = path
    self.stepPageCount = stepPageCount
    self.byteLimit = byteLimit
  }

  /// So often a copy begins anew.
  private static let restartLimit = 5
  /// Others have this many milliseconds after each step.
  private static let pause: Int32 = 5

  /// The database, to be read at length: itself, or a copy in `folder` that nobody else sees, and
  /// that goes with the connection.
  package func opened(in folder: String, _ fileSystem: any FileSystem) throws(Fault)
    -> SQLiteConnection
  {
    let source = try SQLiteConnection(path, .readOnly)
    guard try isNeeded(source) else { return source }
    try fileSystem.createDirectory(folder)
    let copyPath = "\(folder)/source-\(UInt64.random(in: 0 ... .max)).db"
    defer { for suffix in ["", "-wal", "-shm"] { try? fileSystem.remove(copyPath + suffix) } }
    try copy(source, to: copyPath)
    return try SQLiteConnection(copyPath, .readOnly, shownAs: path)
  }

  /// Makes the copy at `copyPath`, to be kept: of one moment, whatever is written meanwhile.
  package func make(at copyPath: String) throws(Fault) {
    try copy(try SQLiteConnection(path, .readOnly), to: copyPath)
  }

  private func isNeeded(_ source: SQLiteConnection) throws(Fault) -> Bool {
    let pageCount = try source.integer("PRAGMA page_count")
    let byteCount = pageCount * (try source.integer("PRAGMA page_size"))
    let journal = try source.value("PRAGMA journal_mode")
    return byteCount > byteLimit && journal != .string("wal")
  }

  private func copy(_ source: SQLiteConnection, to copyPath: String) throws(Fault) {
    let copy = try SQLiteConnection.open(copyPath, .create, Place(copyPath))
    defer { sqlite3_close_v2(copy) }
    guard let backup = sqlite3_backup_init(copy, "main", source.handle, "main") else {
      throw Fault(
        .cannotCreate, at: Place(copyPath), "no copy can be made: \(copyMessage(copy))",
        remedy: "check the folder and the space in it")
    }
    var restartCount = 0
    var remaining = Int32.max
    var status = SQLITE_OK
    repeat {
      let isPatient = restartCount < SQLiteCopy.restartLimit
      status = sqlite3_backup_step(backup, isPatient ? stepPageCount : -1)
      let left = sqlite3_backup_remaining(backup)
      if left >= remaining { restartCount += 1 }
      remaining = left
      sqlite3_sleep(SQLiteCopy.pause)
    } while status == SQLITE_OK || status == SQLITE_LOCKED
    sqlite3_backup_finish(backup)
    guard status == SQLITE_DONE else { throw source.fault(status, running: "copy") }
  }

  private func copyMessage(_ copy: OpaquePointer) -> String {
    String(cString: sqlite3_errmsg(copy))
  }
}
