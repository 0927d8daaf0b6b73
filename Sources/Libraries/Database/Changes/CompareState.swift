import Columnar
package import Core

/// What the last extraction of one table saw: each row's key and content, in key order, in a SQLite
/// file beside the table's bronze files.
///
///     current    a row of the source: key, image and the columns it is of, when it last changed
///     pending    what the extraction at hand found, to be taken over when bronze has it
///     gone       when a row that is no more was deleted, by what tells it apart
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
  var position: Position
  /// Column names by layout.
  private(set) var layouts: [Int64: [String]]
  private var isSealed = false

  /// Opens the state at `path` of a table whose rows `keys` tell apart, made if missing, as of the
  /// bronze commit that named `token`; nil when bronze holds no commit of the table yet.
  /// `.configuration` when the file does not know the token, or tells rows apart in another way:
  /// `rebuild` it. The file is locked until the object goes.
  package convenience init(
    _ path: String, keys: [String], committed token: String?
  ) throws(Fault) {
    try self.init(try SQLiteConnection(path, .create), path, keys: keys, committed: token)
  }

  /// Opens an empty state that nobody keeps: `free` takes the name of `path` away as soon as it is
  /// open, and no journal of it is written, so that nothing of it outlives the run.
  package convenience init(
    scratch path: String, keys: [String], free: () throws(Fault) -> Void
  ) throws(Fault) {
    let database = try SQLiteConnection(path, .create)
    try database.execute(
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY")
    try self.init(database, path, keys: keys, committed: nil)
    try free()
  }

  private init(
    _ database: SQLiteConnection, _ path: String, keys: [String], committed token: String?
  ) throws(Fault) {
    self.database = database
    // The lock is held from here to the end: two extractions of one table would undo each other.
    try database.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE")
    let isKnown = try CompareState.prepare(database, keys: keys, isEmpty: token == nil)
    position = isKnown ? try CompareState.position("current", in: database) : Position()
    let pending = isKnown ? try CompareState.position("pending", in: database) : Position()
    if let token, isKnown, token == pending.token {
      try CompareState.adoptPending(in: database)
      position = pending
    } else if let token, !isKnown || token != position.token {
      throw Fault(
        .configuration, at: Place(path),
        "the remembered rows are not those of \(token)",
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

  /// Keeps what an extraction that found no changes learned all the same: which columns there are
  /// now, and where rows stand whose keys are of another type than they were.
  package func keep() throws(Fault) {
    guard !isSealed, let next = nextPosition, position.token != nil,
      isRearranged || next.layout != position.layout
    else { return }
    position.layout = next.layout
    try CompareState.write(position, "current", in: database)
    try database.execute("DELETE FROM pending; COMMIT")
    isSealed = true
  }

  /// Whether remembered rows stand at other places than they did.
  var isRearranged = false

  /// What `seal` makes the position: set by the extraction when it has found all changes.
  var nextPosition: Position?

  /// The layout with these columns, remembered if it is new.
  func layout(of columns: [String]) throws(Fault) -> Int64 {
    if let known = layouts.first(where: { $0.value == columns }) { return known.key }
    let id = (layouts.keys.max() ?? 0) + 1
    let names = RowImage(of: columns.map { Array($0.utf8) })
    try database.run("INSERT INTO layouts VALUES (?1, ?2)", [.integer(id), .binary(names.bytes)])
    layouts[id] = columns
    return id
  }

  /// When the row that `key` tells apart was last deleted; nil when it never was.
  func deletion(of key: [UInt8]) throws(Fault) -> Timestamp? {
    let row = try database.rows("SELECT moment FROM gone WHERE key = ?1", [.binary(key)]).first
    guard case .integer(let value)? = row?.first else { return nil }
    return Timestamp(microseconds: value)
  }

  /// Whether any row was ever deleted.
  func hasDeletions() throws(Fault) -> Bool {
    try database.integer("SELECT EXISTS (SELECT 1 FROM gone)") > 0
  }
}
