package import Columnar
package import Core
package import Database

/// One run's loads into the star schema: all of them in one transaction with their ledger rows, so
/// that a run that ends anywhere before `commit` has changed nothing.
///
/// Every table comes from a job's SELECT with natural keys; the loader gives surrogate keys that
/// stay the same from run to run, compares with what is stored and applies the differences only.
///
///     let warehouse = try SQLiteConnection("lake/warehouse.db", .create)
///     let load = WarehouseLoad(into: warehouse, run: runID, clock, siteKey: key)
///     if case .rows = try load.need(of: customers, inputs: "silver.customers_history@7") {
///       let outcome = try load.load(customers, from: rows, inputs: "silver.customers_history@7")
///     }
///     try load.commit()
///
/// Dimensions come before the facts that look them up. A dimension's load also mends stored facts:
/// those that waited for a member that is here now, and those whose version changed.
package final class WarehouseLoad {
  let database: SQLiteConnection
  let run: String
  let clock: Clock
  let siteKey: [UInt8]?
  private var hasBegun = false
  private var hasEnded = false
  private var lastInputs: [String: String] = [:]

  /// Begins nothing yet: the database is locked by the first `load`. `siteKey` is the secret behind
  /// keyed hashes; a table that needs one is refused without it.
  package init(into database: SQLiteConnection, run: String, _ clock: Clock, siteKey: [UInt8]?) {
    self.database = database
    self.run = run
    self.clock = clock
    self.siteKey = siteKey
  }

  deinit { if hasBegun, !hasEnded { try? database.execute("ROLLBACK") } }

  /// Whether `table` has to be loaded from `inputs`, a text that names the versions to be consumed.
  /// Snapshots are due once a day of the clock besides.
  package func need(of table: WarehouseTable, inputs: String) throws(Fault) -> LoadNeed {
    let last = try LoadLedger.last(table.name, in: database)
    lastInputs[table.name] = last?.inputs ?? ""
    guard let last, last.definition == LoadLedger.digest(of: table.definition),
      try database.hasTable(table.name)
    else { return .rows(since: nil) }
    if last.inputs == inputs, table.fact?.update != .snapshot || last.day == clock.now.date {
      return .nothing
    }
    return .rows(since: last.inputs)
  }

  /// Loads what `rows` delivers for `scope`, and notes `inputs` in the ledger. `.verdict` when the
  /// rows break a rule of the star schema (a key twice, versions that overlap), `.temporary` when
  /// another run has loaded the table since `need` was asked.
  package func load(
    _ table: WarehouseTable, from rows: any BatchSource, scope: LoadScope = .all, inputs: String
  ) throws -> LoadOutcome {
    try begin()
    try checkTurn(table)
    var outcome =
      switch table.kind {
      case .dimension(let dimension):
        try DimensionLoader(table, dimension, self).load(rows)
      case .fact(let fact): try FactLoader(table, fact, self).load(rows, scope)
      }
    outcome.rowCount = try database.integer(
      "SELECT count(*) FROM \(quoted(table.name)) WHERE \(table.realRows(database.dialect))")
    try LoadLedger.note(table, outcome, inputs: inputs, of: self)
    lastInputs[table.name] = inputs
    return outcome
  }

  /// Makes all loads lasting; nothing to do when there was none.
  package func commit() throws(Fault) {
    precondition(!hasEnded, "a load is committed once")
    hasEnded = true
    if hasBegun { try database.execute("COMMIT") }
  }

  /// `name` as an identifier.
  func quoted(_ name: String) -> String { database.dialect.quoted(name) }

  private func begin() throws(Fault) {
    precondition(!hasEnded, "a load that was committed takes no more tables")
    guard !hasBegun else { return }
    try database.execute(database.dialect.beginWrite)
    hasBegun = true
    try database.execute(LoadLedger.tables)
  }

  private func checkTurn(_ table: WarehouseTable) throws(Fault) {
    guard let expected = lastInputs[table.name] else { return }
    let found = try LoadLedger.last(table.name, in: database)?.inputs ?? ""
    guard found == expected else {
      throw Fault(
        .temporary, at: database.place, "another run has loaded \(table.name) meanwhile",
        remedy: "run again")
    }
  }
}

extension WarehouseTable {
  /// The condition that leaves out reserved members.
  func realRows(_ dialect: Dialect) -> String {
    dimension.map { "\(dialect.quoted($0.surrogateColumn)) > 0" } ?? "1"
  }
}
