import Columnar
import Core
import Database

/// What was loaded when, from which versions: a row a table and load, in the load's transaction.
enum LoadLedger {
  /// The loader's own tables.
  ///
  /// `_keys` is append-only: the surrogate key of every version that ever was, so that a rebuilt
  /// dimension has the keys it had. `_lookups` tells which facts point to which dimensions,
  /// `_waiting` which facts wait for a member that is not here yet.
  static func tables(_ dialect: Dialect) -> String {
    """
    CREATE TABLE IF NOT EXISTS _ledger (
      load_id \(dialect.numberedKey), run_id TEXT NOT NULL, table_name TEXT NOT NULL,
      inputs TEXT NOT NULL, definition TEXT NOT NULL, loaded_at TEXT NOT NULL,
      rows_delivered INTEGER NOT NULL, rows_inserted INTEGER NOT NULL,
      rows_updated INTEGER NOT NULL, rows_deleted INTEGER NOT NULL, rows_rekeyed INTEGER NOT NULL,
      row_count INTEGER NOT NULL, content_digest TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS _ledger_table ON _ledger (table_name, load_id);
    CREATE TABLE IF NOT EXISTS _keys (
      dimension TEXT NOT NULL, natural_key TEXT NOT NULL, valid_from TEXT NOT NULL,
      surrogate \(dialect.wholeNumber) NOT NULL, durable \(dialect.wholeNumber) NOT NULL,
      PRIMARY KEY (dimension, natural_key, valid_from, surrogate))\(dialect.keyOnly);
    CREATE TABLE IF NOT EXISTS _lookups (
      fact TEXT NOT NULL, column_name TEXT NOT NULL, dimension TEXT NOT NULL, as_of TEXT,
      PRIMARY KEY (fact, column_name))\(dialect.keyOnly);
    CREATE TABLE IF NOT EXISTS _waiting (
      fact TEXT NOT NULL, column_name TEXT NOT NULL, fact_id \(dialect.wholeNumber) NOT NULL,
      natural_key TEXT NOT NULL, PRIMARY KEY (fact, column_name, fact_id))
      \(dialect.keyOnly);
    """
  }

  /// The last load of a table.
  struct Entry {
    var inputs: String
    var definition: String
    /// When it was, by the clock of its run.
    var moment: Timestamp?
    var rowCount: Int

    var day: CivilDate? { moment?.date }

    /// Whether it took just these inputs. A version may have a mark behind it, after `~`, that
    /// tells its commit from others; an entry of before there were marks has none.
    func isOf(_ other: String) -> Bool {
      let mine = inputs.split(separator: " ")
      let others = other.split(separator: " ")
      return mine.count == others.count
        && zip(mine, others).allSatisfy { one, other in
          let isMarked = one.contains("~") && other.contains("~")
          return isMarked ? one == other : one.prefix { $0 != "~" } == other.prefix { $0 != "~" }
        }
    }
  }

  static func last(_ table: String, in database: any LoadingConnection) throws(Fault) -> Entry? {
    guard try database.hasTable("_ledger") else { return nil }
    let rows = try database.rows(
      "SELECT inputs, definition, loaded_at, row_count FROM _ledger WHERE table_name = $1 "
        + "ORDER BY load_id DESC LIMIT 1", [.string(table)])
    guard let row = rows.first, case .string(let inputs) = row[0],
      case .string(let definition) = row[1], case .string(let loadedAt) = row[2],
      case .integer(let rowCount) = row[3]
    else { return nil }
    return Entry(
      inputs: inputs, definition: definition, moment: Timestamp(parsing: loadedAt),
      rowCount: Int(rowCount))
  }

  /// The number that the next load will have.
  static func nextNumber(in database: any LoadingConnection) throws(Fault) -> Int {
    try database.integer("SELECT coalesce(max(load_id), 0) + 1 FROM _ledger")
  }

  static func note(
    _ table: WarehouseTable, _ outcome: LoadOutcome, inputs: String, of load: LoadContext
  ) throws(Fault) {
    // The number is given and not made: a server's own would leave out those of loads that failed.
    let number = try nextNumber(in: load.database)
    let counts = [
      number, outcome.delivered, outcome.inserted, outcome.updated, outcome.deleted,
      outcome.rekeyed, outcome.rowCount,
    ]
    try load.database.run(
      "INSERT INTO _ledger (run_id, table_name, inputs, definition, loaded_at, load_id, "
        + "rows_delivered, rows_inserted, rows_updated, rows_deleted, rows_rekeyed, row_count, "
        + "content_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      [
        .string(load.run), .string(table.name), .string(inputs),
        .string(digest(of: table.definition)), .string(ValueText.text(instant: load.clock.now)),
      ] + counts.map { .integer(Int64($0)) } + [.string(outcome.digest)])
  }

  /// The latest day of the clock on which a table was loaded.
  static func latestDay(_ table: String, in database: any LoadingConnection) throws(Fault)
    -> CivilDate?
  {
    guard try database.hasTable("_ledger"),
      case .string(let day) = try database.value(
        "SELECT max(substr(loaded_at, 1, 10)) FROM _ledger WHERE table_name = $1",
        [.string(table)])
    else { return nil }
    return Timestamp(parsing: "\(day)T00:00:00Z")?.date
  }

  /// Has the facts that look `dimension` up loaded as a whole by the next run that loads facts.
  static func forgetInputs(
    ofFactsAt dimension: String, in database: any LoadingConnection
  ) throws(Fault) {
    try database.run(
      """
      UPDATE _ledger SET inputs = '' WHERE load_id IN (
        SELECT max(load_id) FROM _ledger
        WHERE table_name IN (SELECT fact FROM _lookups WHERE dimension = $1) GROUP BY table_name)
      """, [.string(dimension)])
  }

  static func digest(of definition: String) -> String {
    String(SHA256.hex(of: definition).prefix(16))
  }
}
