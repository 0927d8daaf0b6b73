import CSQLite
package import Columnar
package import Core

/// A SQLite database file, opened for reading only or for reading and writing.
package final class SQLiteConnection: Connection {
  /// What the connection may do.
  package enum Mode: Sendable {
    /// Reads; a file that is not there is `.missing`. Where nothing may be written, neither the
    /// file nor beside it, it is read as one that nobody changes.
    case readOnly
    /// Reads and writes with write-ahead log; the file must be there.
    case readWrite
    /// Reads and writes with write-ahead log; the file is made if missing.
    case create
    /// Reads and writes someone else's database, whose journal stays as it is.
    case guest
  }

  package let dialect = Dialect.sqlite
  package let place: Place
  private(set) var handle: OpaquePointer
  /// How the locks of others are waited for.
  let wait: SQLiteWait

  /// Opens the file at `path`, waiting at most `patience` for others' locks. Every commit is on the
  /// disk when it returns. Messages call it `name`, if that is given. A file that is made gets
  /// pages of `pageSize` bytes.
  package init(
    _ path: String, _ mode: Mode, patience: Duration = .seconds(10), shownAs name: String? = nil,
    pageSize: Int? = nil
  ) throws(Fault) {
    place = Place(name ?? path)
    try SQLiteConnection.checkKinds(path)
    wait = SQLiteWait(path, patience: patience)
    handle = try SQLiteConnection.open(path, mode, place)
    // From here on `deinit` closes the handle, also when this throws.
    wait.attach(to: handle)
    sqlite3_extended_result_codes(handle, 1)
    guard mode.isWriting else {
      try openForReaders(path)
      return
    }
    // Before anything reads the file: an empty one takes it, any other keeps its own.
    if let pageSize { try execute("PRAGMA page_size = \(pageSize)") }
    try execute("PRAGMA schema_version")
    if mode == .guest { return }
    try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536")
  }

  /// Looks into a file that was opened for reading only.
  private func openForReaders(_ path: String) throws(Fault) {
    let status = sqlite3_exec(handle, "PRAGMA schema_version", nil, nil, nil)
    if status == SQLITE_OK { return }
    let isBarred = [SQLITE_CANTOPEN, SQLITE_READONLY].contains(status & 0xFF)
    guard isBarred, let unchanging = try SQLiteConnection.openUnchanging(path, place) else {
      throw fault(status, running: isBarred ? nil : "PRAGMA schema_version")
    }
    sqlite3_close_v2(handle)
    handle = unchanging
    wait.attach(to: handle)
    try execute("PRAGMA schema_version")
  }

  deinit {
    // A statement may outlive this, which the handler would call.
    sqlite3_busy_handler(handle, nil, nil)
    sqlite3_close_v2(handle)
  }

  package func execute(_ sql: String) throws(Fault) {
    let status = sqlite3_exec(handle, sql, nil, nil, nil)
    guard status == SQLITE_OK else { throw fault(status, running: sql) }
  }

  package func prepare(_ sql: String) throws(Fault) -> any Statement { try statement(sql) }

  package func query(
    _ sql: String, _ parameters: [Scalar], as schema: Schema?
  ) throws(Fault) -> any BatchSource {
    let statement = try statement(sql)
    try statement.bind(parameters)
    return try SQLiteCursor(statement, as: schema)
  }

  package func append(_ source: any BatchSource, to table: String) throws -> Int {
    try insert(into: table, source.schema.names) { [place] in
      try source.next().map { try StoredBatch($0, at: place) }
    }
  }

  package func tables() throws(Fault) -> [String] {
    let names = try rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' "
        + "ORDER BY name")
    return names.compactMap { row in
      if case .string(let name)? = row.first { return name }
      return nil
    }
  }

  package func columns(of table: String) throws(Fault) -> [TableColumn] {
    let found = try rows(
      "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1 "
        + "ORDER BY cid",
      [.string(table)])
    return found.compactMap { row in
      guard case .string(let name) = row[0], case .string(let type) = row[1],
        case .integer(let notNull) = row[2], case .integer(let key) = row[3]
      else { return nil }
      return TableColumn(
        name, declaredType: type, type: dialect.dataType(declared: type), isNullable: notNull == 0,
        keyPosition: Int(key))
    }
  }

  /// How many rows all statements of this connection have changed so far.
  package var totalChangeCount: Int { Int(sqlite3_total_changes64(handle)) }

  /// Compiles one statement.
  func statement(_ sql: String) throws(Fault) -> SQLiteStatement {
    var compiled: OpaquePointer?
    let status = sqlite3_prepare_v2(handle, sql, -1, &compiled, nil)
    guard status == SQLITE_OK else { throw fault(status, running: sql) }
    guard let compiled else {
      throw Fault(.internal, at: place, "a statement without text", remedy: "report it")
    }
    return SQLiteStatement(compiled, of: self, sql)
  }

  /// What the last call that failed left behind, in SQLite's words.
  var lastMessage: String { String(cString: sqlite3_errmsg(handle)) }

  /// Whether it was what is asked, or what the tables say of themselves, that failed last.
  var hasRefusedSQL: Bool { sqlite3_errcode(handle) & 0xFF == SQLITE_ERROR }

  /// The fault that the last call left behind.
  func fault(_ status: Int32, running sql: String? = nil) -> Fault {
    SQLiteConnection.fault(
      status, lastMessage, sql, place, isOfOthers: sqlite3_db_readonly(handle, "main") == 1)
  }
}
