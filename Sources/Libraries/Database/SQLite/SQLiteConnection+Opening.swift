import CSQLite
import Core

extension SQLiteConnection {
  /// Refuses what is no file where the database should be, or what stands beside it: to open a pipe
  /// is to wait for who never comes.
  static func checkKinds(_ path: String) throws(Fault) {
    for suffix in ["", "-wal", "-journal", "-shm"] {
      guard let kind = try LocalFileSystem().status(of: path + suffix)?.kind,
        kind != .file, kind != .directory
      else { continue }
      throw Fault(
        .configuration, at: Place(path + suffix), "this is a \(kind.rawValue), not a database",
        remedy: suffix.isEmpty ? "name the database's file" : "remove it")
    }
  }

  /// Opens the file at `path`.
  static func open(
    _ path: String, _ mode: Mode, _ place: Place, _ more: Int32 = 0
  ) throws(Fault) -> OpaquePointer {
    var opened: OpaquePointer?
    let status = sqlite3_open_v2(path, &opened, mode.flags | more, nil)
    guard let opened else {
      throw .outOfMemory("the database", at: place)
    }
    guard status == SQLITE_OK else {
      defer { sqlite3_close_v2(opened) }
      throw openingFault(opened, status, mode, place)
    }
    // Bytes that are no text are written with four signs each, and a column has room for 2 GiB.
    sqlite3_limit(
      opened, SQLITE_LIMIT_LENGTH, Int32(clamping: min(PieceLimit.byteCount, 500_000_000)))
    return opened
  }

  /// The handle of a file that is read where nothing may be written: one with a write-ahead log
  /// needs an index beside it, which cannot be made there. As long as the log itself is empty
  /// everything stands in the file, which is then read as one that nobody changes.
  static func openUnchanging(_ path: String, _ place: Place) throws(Fault) -> OpaquePointer? {
    let log = try LocalFileSystem().status(of: "\(path)-wal")
    if let log, log.byteCount > 0 { return nil }
    let text = path.utf8.map { byte in
      let isPlain =
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "/._-".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + hexText([byte])
    }
    return try open("file:\(text.joined())?immutable=1", .readOnly, place, SQLITE_OPEN_URI)
  }
}
