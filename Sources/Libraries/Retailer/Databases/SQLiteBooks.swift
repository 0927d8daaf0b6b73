import Columnar
package import Core
import Database

/// A source database in a SQLite file. The file's `user_version` is the day it stands at, as days
/// since 1970-01-01, and its `application_id` tells whose it is: the tables are the model's alone.
package final class SQLiteBooks: ChangeSink {
  /// The day at whose end the database stands; nil for a new one.
  package let lastDay: CivilDate?

  private let database: SQLiteConnection
  private let identity: Int32
  private var statements: [String: any Statement] = [:]

  /// Opens the file at `path` for the database of `history`; it is made if missing, refused when
  /// it is another's.
  package init(_ path: String, of history: any SourceHistory) throws(Fault) {
    database = try SQLiteConnection(path, .create)
    // One file, without a log beside it, is what a source is taken from.
    try database.execute("PRAGMA journal_mode = DELETE")
    identity = SQLiteBooks.identity(history.signature)
    guard try !database.tables().isEmpty else {
      lastDay = nil
      return
    }
    guard try database.integer("PRAGMA application_id") == Int(identity) else {
      throw Fault(
        .configuration, at: database.place, "the database was not made with these options",
        remedy: "give the options it was made with, or another file")
    }
    lastDay = CivilDate(dayNumber: Int32(clamping: try database.integer("PRAGMA user_version")))
  }

  package func apply(
    _ day: CivilDate, tables: [SourceTable],
    _ changes: ((SourceChange) throws -> Void) throws -> Void
  ) throws {
    try database.transaction {
      for table in tables { try database.execute(table.sql(.sqlite)) }
      try changes { try statement($0.sql).run($0.values) }
      try database.execute(
        "PRAGMA application_id = \(identity); PRAGMA user_version = \(day.dayNumber)")
    }
  }

  private func statement(_ sql: String) throws(Fault) -> any Statement {
    if let known = statements[sql] { return known }
    let statement = try database.prepare(sql)
    statements[sql] = statement
    return statement
  }

  private static func identity(_ signature: String) -> Int32 {
    let bytes = SHA256.digest(of: [UInt8](signature.utf8)).prefix(4)
    return Int32(bytes.reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF)
  }
}
