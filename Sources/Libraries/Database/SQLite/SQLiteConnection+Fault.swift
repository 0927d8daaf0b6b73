import CSQLite
import Core

extension SQLiteConnection.Mode {
  var isWriting: Bool { self != .readOnly }

  var flags: Int32 {
    let access =
      switch self {
      case .readOnly: SQLITE_OPEN_READONLY
      case .readWrite, .guest: SQLITE_OPEN_READWRITE
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    // One thread at a time uses a connection, so SQLite need not lock it.
    return access | SQLITE_OPEN_NOMUTEX
  }
}

extension SQLiteConnection {
  /// The fault for a database that could not be opened.
  static func openingFault(
    _ handle: OpaquePointer, _ status: Int32, _ mode: Mode, _ place: Place
  ) -> Fault {
    guard status & 0xFF == SQLITE_CANTOPEN else {
      return fault(status, String(cString: sqlite3_errmsg(handle)), nil, place)
    }
    let noSuchFile: Int32 = 2
    if sqlite3_system_errno(handle) == noSuchFile, mode != .create {
      return Fault(
        .missing, at: place, "no such database", remedy: "check the path, or create it first")
    }
    return Fault(
      mode == .create ? .cannotCreate : .io, at: place, "the database cannot be opened",
      remedy:
        "check that it is a file in a folder that may be \(mode.isWriting ? "written" : "read")"
    )
  }

  /// The fault for a result code of SQLite.
  static func fault(
    _ status: Int32, _ message: String, _ sql: String?, _ place: Place, isOfOthers: Bool = false
  ) -> Fault {
    let statement = sql.map { " in: \($0.prefix(200))" } ?? ""
    switch status & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED:
      return Fault(
        .temporary, at: place, "another process holds the database", remedy: "try again later")
    case SQLITE_NOTADB:
      return Fault(.data, at: place, "this is no SQLite database", remedy: "check the path")
    case SQLITE_CORRUPT:
      return Fault(
        .data, at: place, "the database is damaged: \(message)", remedy: "restore it from a backup")
    case SQLITE_CANTOPEN:
      return Fault(
        .io, at: place, "the database or its log cannot be opened",
        remedy: "check that its folder may be read, and written if it has a write-ahead log")
    case SQLITE_FULL:
      return Fault(.io, at: place, "the disk is full", remedy: "free space and run again")
    case SQLITE_IOERR:
      return Fault(.io, at: place, "cannot read or write: \(message)", remedy: "check the disk")
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
      return Fault(
        .denied, at: place, "the database may not be written", remedy: "check its permissions")
    case SQLITE_CONSTRAINT:
      return Fault(
        .verdict, at: place, "the rows break a constraint: \(message)",
        remedy: "correct the rows and run again")
    case SQLITE_ERROR where !isOfOthers:
      // What is asked is known, what stands in the file is not: it may be anybody's.
      return Fault(
        .data, at: place, "the database is not as these tools leave one: \(message)",
        remedy: "name another file, or restore it from a backup")
    case SQLITE_NOMEM: return .outOfMemory("the database", at: place)
    case SQLITE_TOOBIG:
      return Fault(
        .data, at: place, "a value is too long for the database\(statement)",
        remedy: "shorten it where it comes from")
    case SQLITE_INTERRUPT, SQLITE_PROTOCOL, SQLITE_SCHEMA:
      return Fault(
        .temporary, at: place, "others are changing the database: \(message)",
        remedy: "try again later")
    default:
      // Whoever only reads is given the tables as they are: what their definitions ask for may be
      // missing here, such as a module or a function.
      if isOfOthers {
        return Fault(
          .data, at: place, "the database cannot be read: \(message)\(statement)",
          remedy: "mend its schema, or have its owner give tables without extensions")
      }
      return Fault(.internal, at: place, "\(message)\(statement)", remedy: "report it")
    }
  }
}
