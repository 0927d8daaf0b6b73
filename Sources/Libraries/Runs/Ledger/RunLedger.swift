import Columnar
package import Core
package import Database

/// The lake's memory of what ran, and how: `<lake>/_runs/ledger.db`.
///
///     runs      a row a run, written before the command starts and again when it has ended
///     tries     a row a try
///     seals     the intervals that are closed, by whom and why
///
/// The newest rows stand in the log beside it, `ledger.db-wal`, which belongs to it.
///
/// A run whose end stands nowhere runs as long as its lock is held, else it is lost: that it runs
/// is never written, so that no kill can make it a lie (`RunLock`).
package struct RunLedger {
  /// The database, in which others keep what they remember of runs.
  package let connection: SQLiteConnection
  let lake: String

  /// The folder of what runs leave: the ledger, `locks` and `logs`.
  package static func folder(inLake lake: String) -> String { "\(lake)/_runs" }

  /// A run writes a dozen pages; to read so much is nothing for who opens the ledger.
  private static let logByteCount = 1 << 20

  /// Opens the ledger of `lake`, and makes it if it is not there.
  package init(lake: String) throws {
    let folder = Self.folder(inLake: lake)
    try LocalFileSystem().createDirectory(folder)
    // Several users may run jobs of one lake: its file begins empty, and is theirs too.
    let path = "\(folder)/ledger.db"
    if try !LocalFileSystem().exists(path) { _ = try LocalFileSystem().create(path, []) }
    connection = try SQLiteConnection(path, .create)
    try connection.keepLog(ofAtMost: Self.logByteCount)
    self.lake = lake
    if try connection.integer("PRAGMA user_version") < 1 {
      try connection.transaction {
        try connection.execute(Self.tables)
        try connection.execute("PRAGMA user_version = 1")
      }
    }
  }

  /// Opens the ledger of `lake` for reading; nil when nothing has run yet.
  package init?(reading lake: String) throws {
    let path = "\(Self.folder(inLake: lake))/ledger.db"
    guard try LocalFileSystem().exists(path) else { return nil }
    connection = try SQLiteConnection(path, .readOnly)
    self.lake = lake
    guard try connection.integer("PRAGMA user_version") > 0 else { return nil }
  }

  /// Writes down that a run begins with its first try; false when there is one of that identity.
  ///
  /// No kill undoes it, but the disk is not waited for: should the power fail, the run did not
  /// begin. How it ended is on the disk before anybody is told.
  package func begin(_ run: RunRow, _ first: TryRow) throws -> Bool {
    try connection.execute("PRAGMA synchronous = NORMAL")
    defer { try? connection.execute("PRAGMA synchronous = FULL") }
    return try connection.transaction {
      let isNew = try connection.run(
        "INSERT OR IGNORE INTO runs (\(Self.list(RunRow.columns))) "
          + "VALUES (\(Self.marks(RunRow.columns.count)))", run.values)
      guard isNew > 0 else { return false }
      try put(first)
      return true
    }
  }

  /// Writes down that a try has begun, or how it ended.
  package func put(_ one: TryRow) throws {
    try connection.run(
      "INSERT OR REPLACE INTO tries (\(Self.list(TryRow.columns))) "
        + "VALUES (\(Self.marks(TryRow.columns.count)))", one.values)
  }

  /// Writes down how a run ended, and its last try.
  package func end(_ run: RunRow, _ last: TryRow?) throws {
    let changes = RunRow.columns.dropFirst().enumerated().map {
      "\($0.element) = ?\($0.offset + 2)"
    }
    try connection.transaction {
      if let last { try put(last) }
      try connection.run(
        "UPDATE runs SET \(changes.joined(separator: ", ")) WHERE run_id = ?1", run.values)
    }
  }

  private static let tables = """
    CREATE TABLE IF NOT EXISTS runs (
      run_id TEXT PRIMARY KEY, parent_run_id TEXT, job TEXT NOT NULL, interval_start TEXT,
      interval_end TEXT, command TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
      tries INTEGER NOT NULL, exit_status INTEGER, signal INTEGER, cause TEXT, code_digest TEXT,
      input_digests TEXT, versions_in TEXT, versions_out TEXT, rows_in INTEGER, rows_out INTEGER,
      bytes_in INTEGER, bytes_out INTEGER, cpu_us INTEGER, wall_us INTEGER, peak_bytes INTEGER,
      host TEXT, build TEXT, log TEXT);
    CREATE INDEX IF NOT EXISTS runs_by_job ON runs (job, started_at);
    CREATE INDEX IF NOT EXISTS runs_by_time ON runs (started_at);
    CREATE INDEX IF NOT EXISTS runs_by_parent ON runs (parent_run_id);
    CREATE TABLE IF NOT EXISTS tries (
      run_id TEXT, try INTEGER, started_at TEXT, ended_at TEXT, exit_status INTEGER,
      signal INTEGER, delay_us INTEGER, cpu_us INTEGER, peak_bytes INTEGER,
      PRIMARY KEY (run_id, try));
    CREATE TABLE IF NOT EXISTS seals (
      job TEXT, interval_start TEXT, interval_end TEXT, sealed_at TEXT NOT NULL, by TEXT NOT NULL,
      why TEXT NOT NULL, PRIMARY KEY (job, interval_start, interval_end));
    """

  static func list(_ columns: [String]) -> String { columns.joined(separator: ", ") }

  private static func marks(_ count: Int) -> String {
    Array(repeating: "?", count: count).joined(separator: ", ")
  }
}

extension RunLedger {
  /// The runs of `job`, or of all, that started at `since` or later, the newest first; of runs that
  /// started at one time the one that was written last.
  package func runs(
    job: String? = nil, since: Timestamp? = nil, limit: Int = .max
  ) throws -> [RunRow] {
    try select(
      "WHERE (?1 IS NULL OR job = ?1) AND (?2 IS NULL OR started_at >= ?2) "
        + "ORDER BY started_at DESC, rowid DESC LIMIT ?3",
      [
        job.map { .string($0) } ?? .null, since.map { .string($0.ledgerText) } ?? .null,
        .integer(Int64(limit)),
      ])
  }

  /// The runs whose identity begins with `text`.
  package func runs(identifiedBy text: String) throws -> [RunRow] {
    let text = text.lowercased()
    return try select(
      "WHERE substr(run_id, 1, length(?1)) = ?1 ORDER BY started_at DESC LIMIT 10",
      [.string(text)])
  }

  /// The runs that are parts of `run`, in the order in which they started.
  package func parts(of run: RunRow) throws -> [RunRow] {
    try select("WHERE parent_run_id = ?1 ORDER BY started_at, rowid", [.string(run.runID)])
  }

  /// The identities of a run, its parts and theirs.
  package func identities(below runID: String) throws -> Set<String> {
    let found = try connection.rows(
      "WITH RECURSIVE below(id) AS (VALUES (?1) UNION "
        + "SELECT run_id FROM runs JOIN below ON parent_run_id = id) SELECT id FROM below",
      [.string(runID)])
    return Set(
      found.compactMap { row in
        if case .string(let id)? = row.first { id } else { nil }
      })
  }

  /// The tries of a run, in order.
  package func tries(of runID: String) throws -> [TryRow] {
    try connection.rows(
      "SELECT \(Self.list(TryRow.columns)) FROM tries WHERE run_id = ?1 ORDER BY try",
      [.string(runID)]
    ).compactMap { TryRow($0) }
  }

  /// How it stands with a run.
  package func state(of run: RunRow) -> RunState {
    if run.endedAt != nil { return run.exitStatus == 0 ? .done : .failed }
    let holder = RunLock.holder(of: run.job, run.interval, inLake: lake)
    return holder?.runID == run.runID ? .running : .lost
  }

  /// The runs that a condition behind FROM selects.
  private func select(_ condition: String, _ parameters: [Scalar]) throws -> [RunRow] {
    try connection.rows(
      "SELECT \(Self.list(RunRow.columns)) FROM runs \(condition)", parameters
    ).compactMap { RunRow($0) }
  }
}
