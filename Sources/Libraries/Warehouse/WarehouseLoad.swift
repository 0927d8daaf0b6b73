package import Columnar
package import Core
package import Database

// Warehouse: loads a star schema into a database.
//
// The rooms, in this order: `Tables` (what a job says of a dimension or fact, and the columns that
// follows from), `Loads` (what came: staging, digest, ledger), `Dimensions` (members, their
// history, surrogate keys), `Facts` (looking keys up, filling, merging, mending). On top stands
// `WarehouseLoad`, one transaction for all tables of a run.
//
// Begin with `WarehouseLoad`, then `WarehouseTable` for the properties. Rows come from any
// `BatchSource`: nothing here knows the lake or its job files; WarehouseJobs brings the two
// together.

/// Makes the secret behind keyed hashes, for good, for a site that has none.
package typealias SiteKeyMaker = () throws(Fault) -> [UInt8]

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
  private let context: LoadContext
  /// Whether any table was loaded.
  package private(set) var hasBegun = false
  private var hasEnded = false
  private var hasTurned = false
  private var lastInputs: [String: String] = [:]

  /// Begins nothing yet: the database is locked by the first `load`. `siteKey` is the secret behind
  /// keyed hashes, `makeSiteKey` makes one for a site that has none; a table that needs one is
  /// refused without it.
  ///
  /// `endsAbsentMembers`: members with a history that are no longer delivered end now; those
  /// without one are marked in any case.
  package init(
    into database: any LoadingConnection, run: String, _ clock: Clock, siteKey: [UInt8]?,
    makeSiteKey: SiteKeyMaker? = nil, endsAbsentMembers: Bool = false,
    reopening: Reopening? = nil
  ) {
    context = LoadContext(
      database: database, run: run, clock: clock, siteKey: siteKey, makeSiteKey: makeSiteKey,
      endsAbsentMembers: endsAbsentMembers, reopened: reopening)
  }

  deinit {
    if hasBegun, !hasEnded { try? database.execute("ROLLBACK") }
    if hasTurned { _ = try? (database as? SQLiteConnection)?.turn(to: .ahead) }
  }

  /// Whether the table called `name` was last loaded from `inputs` and is there.
  package func stands(_ name: String, at inputs: String) throws(Fault) -> Bool {
    guard let last = try LoadLedger.last(name, in: database), last.isOf(inputs) else {
      return false
    }
    return try database.hasTable(name)
  }

  /// Whether `table` has to be loaded from `inputs`, a text that names the versions to be consumed.
  /// Snapshots are due once a day of the clock besides.
  package func need(of table: WarehouseTable, inputs: String) throws(Fault) -> LoadNeed {
    let last = try LoadLedger.last(table.name, in: database)
    lastInputs[table.name] = last?.inputs ?? ""
    guard let last, last.definition == LoadLedger.digest(of: table.definition),
      try database.hasTable(table.name)
    else { return .rows(since: nil) }
    let isOfToday = last.day == context.clock.now.date
    if last.isOf(inputs), table.fact?.update != .snapshot || isOfToday { return .nothing }
    return .rows(since: last.inputs)
  }

  /// The day of the latest load of the table called `name`, where that is after the clock's day: a
  /// snapshot that is made now would not be one of the clock's day.
  package func laterDay(_ name: String) throws(Fault) -> CivilDate? {
    let day = try LoadLedger.latestDay(name, in: database)
    return day.flatMap { context.clock.now.date < $0 ? $0 : nil }
  }

  /// Brings what loads of before wrote to the form of this one, also where no table is due.
  package func renew() throws(Fault) {
    guard try InstantTexts(context).areOfBefore() else { return }
    try begin()
  }

  /// Loads what `rows` delivers for `scope`, and notes `inputs` in the ledger. `keys` are more
  /// grains that the delivery speaks for, `absence` says what it means that it lacks a member.
  /// `.verdict` when the rows break a rule of the star schema (a key twice, versions that overlap,
  /// a value that cannot be stored), `.temporary` when another run has loaded the table since
  /// `need` was asked. A load that throws has changed nothing, and others may follow and be
  /// committed.
  package func load(
    _ table: WarehouseTable, from rows: any BatchSource, scope: LoadScope = .all,
    keys: (any BatchSource)? = nil, absence: MemberAbsence = .untold, inputs: String
  ) throws -> LoadOutcome {
    precondition(!hasEnded, "a load that was committed takes no more tables")
    if !hasBegun, table.fact != nil, try isEmpty(table) {
      hasTurned = try (database as? SQLiteConnection)?.turn(to: .behind) ?? false
    }
    try begin()
    try database.execute("SAVEPOINT one_table")
    do {
      let outcome = try place(table, rows, scope, keys, absence, inputs)
      try database.execute("RELEASE one_table")
      lastInputs[table.name] = inputs
      return outcome
    } catch {
      // Where SQLite has given up the whole transaction, `commit` will say so.
      try? database.execute("ROLLBACK TO one_table; RELEASE one_table")
      throw error
    }
  }

  private func place(
    _ table: WarehouseTable, _ rows: any BatchSource, _ scope: LoadScope,
    _ keys: (any BatchSource)?, _ absence: MemberAbsence, _ inputs: String
  ) throws -> LoadOutcome {
    let last = try LoadLedger.last(table.name, in: database)
    try checkTurn(table, last)
    var outcome =
      switch table.kind {
      case .dimension(let dimension): try load(table, dimension, from: rows, absence)
      case .fact(let fact): try FactLoader(table, fact, context).load(rows, scope, keys)
      }
    try ForeignKeys(context).check()
    try Statistics(context).refresh(table.name, outcome)
    outcome.rowCount = try rowCount(of: table, outcome, scope, last)
    try LoadLedger.note(table, outcome, inputs: inputs, of: context)
    return outcome
  }

  /// Loads a dimension, then mends the facts that look it up.
  private func load(
    _ table: WarehouseTable, _ dimension: WarehouseTable.Dimension, from rows: any BatchSource,
    _ absence: MemberAbsence
  ) throws -> LoadOutcome {
    let (loaded, changed) = try DimensionLoader(table, dimension, context).load(rows, absence)
    var outcome = loaded
    outcome.rekeyed = try FactRepair(table.name, context).mend(changed)
    try ForeignKeys(context).restore(table.name)
    return outcome
  }

  /// Makes all loads lasting; nothing to do when there was none.
  package func commit() throws(Fault) {
    precondition(!hasEnded, "a load is committed once")
    hasEnded = true
    if hasBegun { try database.execute("COMMIT") }
  }

  private var database: any LoadingConnection { context.database }

  private func begin() throws(Fault) {
    guard !hasBegun else { return }
    try database.beginLoad()
    hasBegun = true
    try WarehouseSchema.make(in: database)
    try database.execute(LoadLedger.tables(database.dialect))
    try database.execute(HashKeys.table(database.dialect))
    let others = [
      DimensionPolicy.table, Measures.table, SuspendedFacts.table, RekeyReceipts.table,
      FactPeriods.table, FactViews.tables, InferredMembers.table,
    ]
    try database.execute(others.joined(separator: "\n"))
    try InstantTexts(context).widen()
  }

  /// While there is no fact to be read, what is loaded goes straight to its place.
  private func isEmpty(_ table: WarehouseTable) throws(Fault) -> Bool {
    guard try database.hasTable(table.name) else { return true }
    return try database.integer("SELECT EXISTS (SELECT 1 FROM \(context.quoted(table.name)))") == 0
  }

  /// The number of rows after a load: counted, or told from the last one where a fact changed in
  /// part.
  private func rowCount(
    of table: WarehouseTable, _ outcome: LoadOutcome, _ scope: LoadScope, _ last: LoadLedger.Entry?
  ) throws(Fault) -> Int {
    if outcome.isCounted { return outcome.rowCount }
    if let fact = table.fact, scope != .all, let last {
      return last.rowCount + outcome.inserted - (fact.absence == .flag ? 0 : outcome.deleted)
    }
    return try database.integer(
      "SELECT count(*) FROM \(context.quoted(table.name)) "
        + "WHERE \(table.realRows(database.dialect))")
  }

  private func checkTurn(_ table: WarehouseTable, _ last: LoadLedger.Entry?) throws(Fault) {
    guard let expected = lastInputs[table.name] else { return }
    guard last?.inputs ?? "" == expected else {
      throw Fault(
        .temporary, at: database.place, "another run has loaded \(table.name) meanwhile",
        remedy: "run again")
    }
  }
}
