import Bronze
import Columnar
import Core
import Database
import LakeJobs

/// The rows of a table that bronze has, by key: a digest of each row's content and where it stood,
/// in a SQLite file beside the table's bronze files. So a row that a window shows again is known.
///
/// What the file says is that of one commit, whose mark it bears; where the last commit has another
/// it is made anew from bronze. Nothing counts in it before `keep`, which comes after the commit.
final class ShownRows {
  /// What is known of a row.
  struct Known {
    /// How a row is at the source.
    enum Standing: Int64 {
      case there = 0
      /// It says of itself that it is deleted.
      case marked = 1
      /// It was there once.
      case gone = 2
    }

    let digest: [UInt8]
    let position: Int64?
    let standing: Standing
    /// When its last change happened, as bronze says.
    let moment: Timestamp
  }

  /// The `__sequence` of the last change row, and the latest time that one bears.
  private(set) var sequence: Int64 = 0
  private(set) var moment: Timestamp?
  /// How many extractions there were since the file was made.
  private(set) var runCount = 0
  private let database: SQLiteConnection
  private let find: any Statement
  private let put: any Statement
  private let meeting: any Statement

  private static let version = 2

  /// The rows of `table` as of `last`, its last commit; made anew from bronze when the file at hand
  /// is not of that. `kind` says how rows stand.
  init(
    of table: CursorTable, _ kind: CursorState.Kind, asOf last: BronzeCommit?, _ run: ExtractionRun
  ) throws {
    let folder = "\(table.table.contract.folder)/_state"
    try run.lake.fileSystem.createDirectory(folder)
    let path = "\(folder)/cursor.db"
    // Where files lie sealed nothing of it outlives the run: keys tell people, too.
    let isScratch = table.table.contract.isSealed
    func free() throws(Fault) {
      for suffix in ["", "-journal", "-wal", "-shm"] {
        try run.lake.fileSystem.remove(path + suffix)
      }
    }
    if isScratch { try free() }
    database = try SQLiteConnection(path, .create)
    if isScratch {
      try database.execute(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY")
    }
    try database.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE")
    if isScratch { try free() }
    let mark = ShownRows.mark(of: last, table, kind)
    let isCurrent = try ShownRows.isCurrent(database, mark)
    if !isCurrent { try ShownRows.clear(database) }
    try database.execute("CREATE TEMP TABLE met (key BLOB PRIMARY KEY) WITHOUT ROWID")
    find = try database.prepare(
      "SELECT digest, position, standing, moment FROM known WHERE key = ?1")
    put = try database.prepare("INSERT OR REPLACE INTO known VALUES (?1, ?2, ?3, ?4, ?5)")
    meeting = try database.prepare("INSERT OR IGNORE INTO met VALUES (?1)")
    runCount = try database.integer("SELECT runs FROM mark")
    guard !isCurrent, last != nil else { return }
    let step = run.lake.steps.begin()
    try replay(try BronzeTable(table.table.contract, lake: run.lake), table, kind)
    step.end("\(path): made anew from bronze")
  }

  /// What is known of the row that `key` tells apart; nil when nothing is.
  func known(_ key: [UInt8]) throws(Fault) -> Known? {
    guard let row = try find.rows([.binary(key)]).first, case .binary(let digest) = row[0],
      case .integer(let number) = row[2], let standing = Known.Standing(rawValue: number),
      case .integer(let moment) = row[3]
    else { return nil }
    var position: Int64?
    if case .integer(let value) = row[1] { position = value }
    return Known(
      digest: digest, position: position, standing: standing,
      moment: Timestamp(microseconds: moment))
  }

  func put(_ key: [UInt8], _ known: Known) throws(Fault) {
    try put.run([
      .binary(key), .binary(known.digest), known.position.map { .integer($0) } ?? .null,
      .integer(known.standing.rawValue), .integer(known.moment.microseconds),
    ])
  }

  /// Notes that a row was met in this walk; false when it was before.
  func meet(_ key: [UInt8]) throws(Fault) -> Bool { try meeting.run([.binary(key)]) > 0 }

  /// Begins another walk.
  func forgetMet() throws(Fault) { try database.execute("DELETE FROM met") }

  /// How many rows are known that are there.
  func count() throws(Fault) -> Int {
    try database.integer("SELECT count(*) FROM known WHERE standing = 0")
  }

  /// How many of them were not met.
  func lostCount() throws(Fault) -> Int {
    try database.integer(
      "SELECT count(*) FROM known WHERE standing = 0 AND key NOT IN (SELECT key FROM met)")
  }

  /// The keys of those that were not met.
  func lost() throws(Fault) -> SQLiteRows {
    try database.cursor(
      "SELECT key FROM known WHERE standing = 0 AND key NOT IN (SELECT key FROM met)")
  }

  /// Says of those that were not met that they are gone since `moment`.
  func noteLost(at moment: Timestamp) throws(Fault) {
    try database.run(
      "UPDATE known SET standing = 2, digest = x'', position = NULL, moment = ?1 "
        + "WHERE standing = 0 AND key NOT IN (SELECT key FROM met)",
      [.integer(moment.microseconds)])
  }

  /// Whether some row is known behind `place` that was not met.
  func hasUnmet(behind place: Int64) throws(Fault) -> Bool {
    try database.integer(
      "SELECT EXISTS (SELECT 1 FROM known WHERE position > ?1 "
        + "AND key NOT IN (SELECT key FROM met))", [.integer(place)]) != 0
  }

  /// The place of the row that is so many rows before `place`, or else of the first one; nil when
  /// no row is known before it.
  func position(before place: Int64, by count: Int) throws(Fault) -> Int64? {
    let rows = try database.rows(
      "SELECT min(position) FROM (SELECT position FROM known WHERE position < ?1 "
        + "ORDER BY position DESC LIMIT ?2)", [.integer(place), .integer(Int64(count))])
    if case .integer(let position)? = rows.first?.first { return position }
    return nil
  }

  /// Says of those that were not met that they have no place any more.
  func displaceUnmet() throws(Fault) {
    try database.execute(
      "UPDATE known SET position = NULL WHERE position IS NOT NULL "
        + "AND key NOT IN (SELECT key FROM met)")
  }

  /// The place of the last row in the cursor's order.
  func lastPosition() throws(Fault) -> Int64? {
    if case .integer(let place) = try database.value("SELECT max(position) FROM known") {
      return place
    }
    return nil
  }

  /// Keeps what was found, as that of the commit `last`; `run` counts as one more.
  func keep(
    asOf last: BronzeCommit?, _ table: CursorTable, _ kind: CursorState.Kind, runCount: Int
  ) throws(Fault) {
    try database.run("DELETE FROM mark")
    try database.run(
      "INSERT INTO mark VALUES (?1, ?2)",
      [.string(ShownRows.mark(of: last, table, kind)), .integer(Int64(runCount))])
    try database.execute("COMMIT; BEGIN IMMEDIATE")
  }

  private static func mark(
    of commit: BronzeCommit?, _ table: CursorTable, _ kind: CursorState.Kind
  ) -> String {
    let keys = table.keys.map { table.columns[$0].bronzeName.lowercased() }
    let facts = [kind.rawValue, table.types.joined(separator: ","), "\(commit?.endFile ?? 0)"]
    return (facts + keys).joined(separator: "\n") + "\n" + (commit?.runID ?? "")
  }

  private static func isCurrent(
    _ database: SQLiteConnection, _ mark: String
  ) throws(Fault) -> Bool {
    guard try database.integer("PRAGMA user_version") == version else { return false }
    return try database.value("SELECT commit_mark FROM mark") == .string(mark)
  }

  private static func clear(_ database: SQLiteConnection) throws(Fault) {
    try database.execute(
      """
      DROP TABLE IF EXISTS known; DROP TABLE IF EXISTS mark;
      CREATE TABLE known (
        key BLOB PRIMARY KEY, digest BLOB, position INTEGER, standing INTEGER, moment INTEGER)
        WITHOUT ROWID;
      CREATE INDEX places ON known (position);
      CREATE TABLE mark (commit_mark TEXT, runs INTEGER);
      PRAGMA user_version = \(version);
      """)
  }

  private func replay(
    _ bronze: BronzeTable, _ table: CursorTable, _ kind: CursorState.Kind
  ) throws {
    for open in bronze.parquetFiles {
      let file = try open()
      while let batch = try file.next() {
        let replayed = try ReplayedBatch(batch, of: table, kind, at: database.place)
        for row in 0..<batch.rowCount {
          let change = replayed.change(row)
          sequence = max(sequence, change.sequence)
          moment = max(moment ?? change.moment, change.moment)
          try put(change.key, change.known)
        }
      }
    }
  }
}
