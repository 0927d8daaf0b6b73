import Columnar
package import Core

/// What the last extraction of one table saw: each row's key and content, in key order, in a SQLite
/// file beside the table's bronze files.
///
/// The file and the bronze commit agree without a common transaction. An extraction writes its
/// changes aside (`pending`) under a token and `seal`s them on the disk; the bronze commit names
/// the token; the next opening takes the pending changes over if that token was committed and drops
/// them if not. So a crash at any moment loses nothing: before the commit the old state holds,
/// after it the new one. The file is a cache: `rebuild` makes it anew from bronze.
package final class CompareState {
  /// Where a table's extractions stand.
  struct Position {
    var token: String?
    var lastSequence: Int64 = 0
    /// The clock of the last extraction that found changes.
    var extractedAt: Timestamp?
    var rowCount = 0
    /// The row layout: an entry of `layouts`.
    var layout: Int64 = 0
  }

  let database: SQLiteConnection
  private(set) var position: Position
  /// Column names by layout.
  private(set) var layouts: [Int64: [String]]
  private var isSealed = false

  /// Opens the state at `path`, made if missing, as of the bronze commit that named `token`; nil
  /// when bronze holds no commit of the table yet. `.configuration` when the file does not know the
  /// token: `rebuild` it. The file is locked until the object goes.
  package init(_ path: String, committed token: String?) throws(Fault) {
    database = try SQLiteConnection(path, .create)
    // The lock is held from here to the end: two extractions of one table would undo each other.
    try database.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE")
    try database.execute(CompareState.tables)
    position = try CompareState.position("current", in: database)
    let pending = try CompareState.position("pending", in: database)
    if let token, token == pending.token {
      try CompareState.adoptPending(in: database)
      position = pending
    } else if token == nil {
      try CompareState.clear(database)
      position = Position()
    } else if token != position.token {
      throw Fault(
        .configuration, at: Place(path),
        "the remembered rows are not those of the last bronze commit",
        remedy: "rebuild the state from bronze")
    }
    try CompareState.clearPending(database)
    layouts = try CompareState.readLayouts(database)
  }

  /// The `__sequence` of the last change row that bronze holds.
  package var lastSequence: Int64 { position.lastSequence }

  /// How many rows the source had.
  package var rowCount: Int { position.rowCount }

  /// Whether no extraction has been committed yet.
  package var isEmpty: Bool { position.token == nil }

  /// The columns the source had; empty when there was no extraction.
  package var columns: [String] { layouts[position.layout] ?? [] }

  /// Puts the changes of a finished extraction by `run` on the disk and gives their token: name it
  /// in the bronze commit. No two extractions have one token, even if a run is tried again.
  package func seal(_ run: String) throws(Fault) -> String {
    precondition(!isSealed, "a state is sealed once")
    guard var next = nextPosition else {
      throw Fault(
        .internal, at: database.place, "sealed before the extraction was read to its end",
        remedy: "report it")
    }
    let token = "\(run)@\(next.lastSequence)"
    next.token = token
    try CompareState.write(next, "pending", in: database)
    try database.execute("COMMIT")
    isSealed = true
    return token
  }

  /// What `seal` makes the position: set by the extraction when it has found all changes.
  var nextPosition: Position?

  /// The layout with these columns, remembered if it is new.
  func layout(of columns: [String]) throws(Fault) -> Int64 {
    if let known = layouts.first(where: { $0.value == columns }) { return known.key }
    let id = (layouts.keys.max() ?? 0) + 1
    try database.run(
      "INSERT INTO layouts VALUES (?1, ?2)",
      [.integer(id), .string(columns.joined(separator: "\n"))])
    layouts[id] = columns
    return id
  }
}

extension CompareState {
  private static let tables = """
    CREATE TABLE IF NOT EXISTS positions (
      name TEXT PRIMARY KEY, token TEXT, last_sequence INTEGER, extracted_at INTEGER,
      row_count INTEGER, layout INTEGER);
    CREATE TABLE IF NOT EXISTS layouts (id INTEGER PRIMARY KEY, columns TEXT);
    CREATE TABLE IF NOT EXISTS current (
      key BLOB PRIMARY KEY, layout INTEGER, image BLOB) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS pending (
      key BLOB PRIMARY KEY, layout INTEGER, image BLOB) WITHOUT ROWID;
    """

  static func position(_ name: String, in database: SQLiteConnection) throws(Fault) -> Position {
    let rows = try database.rows(
      "SELECT token, last_sequence, extracted_at, row_count, layout FROM positions WHERE name = ?1",
      [.string(name)])
    var position = Position()
    guard let row = rows.first else { return position }
    if case .string(let token) = row[0] { position.token = token }
    if case .integer(let value) = row[1] { position.lastSequence = value }
    if case .integer(let value) = row[2] { position.extractedAt = Timestamp(microseconds: value) }
    if case .integer(let value) = row[3] { position.rowCount = Int(value) }
    if case .integer(let value) = row[4] { position.layout = value }
    return position
  }

  static func write(
    _ position: Position, _ name: String, in database: SQLiteConnection
  ) throws(Fault) {
    try database.run(
      "INSERT OR REPLACE INTO positions VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      [
        .string(name), position.token.map { .string($0) } ?? .null,
        .integer(position.lastSequence),
        position.extractedAt.map { .integer($0.microseconds) } ?? .null,
        .integer(Int64(position.rowCount)), .integer(position.layout),
      ])
  }

  static func clear(_ database: SQLiteConnection) throws(Fault) {
    try database.execute("DELETE FROM current; DELETE FROM positions; DELETE FROM layouts")
  }

  private static func adoptPending(in database: SQLiteConnection) throws(Fault) {
    try database.execute(
      """
      INSERT OR REPLACE INTO current SELECT * FROM pending WHERE image IS NOT NULL;
      DELETE FROM current WHERE key IN (SELECT key FROM pending WHERE image IS NULL);
      DELETE FROM positions WHERE name = 'current';
      UPDATE positions SET name = 'current' WHERE name = 'pending';
      """)
  }

  /// Forgets changes that were taken over or given up; without any, the disk is left in peace.
  private static func clearPending(_ database: SQLiteConnection) throws(Fault) {
    let found = try database.integer(
      "SELECT EXISTS (SELECT 1 FROM pending) OR "
        + "EXISTS (SELECT 1 FROM positions WHERE name = 'pending')")
    guard found > 0 else { return }
    try database.execute(
      """
      DELETE FROM pending; DELETE FROM positions WHERE name = 'pending';
      DELETE FROM layouts WHERE id NOT IN (SELECT layout FROM positions)
        AND id NOT IN (SELECT layout FROM current);
      COMMIT; BEGIN IMMEDIATE;
      """)
  }

  private static func readLayouts(
    _ database: SQLiteConnection
  ) throws(Fault) -> [Int64: [String]] {
    var layouts: [Int64: [String]] = [:]
    for row in try database.rows("SELECT id, columns FROM layouts") {
      guard case .integer(let id) = row[0], case .string(let columns) = row[1] else { continue }
      layouts[id] = columns.split(separator: "\n").map(String.init)
    }
    return layouts
  }
}
