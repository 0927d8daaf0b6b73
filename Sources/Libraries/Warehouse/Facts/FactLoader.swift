import Columnar
import Core
import Database

/// Loads one fact: fills it when it is empty, else applies what is different.
struct FactLoader {
  let table: WarehouseTable
  let fact: WarehouseTable.Fact
  let load: LoadContext
  private var database: any LoadingConnection { load.database }

  init(_ table: WarehouseTable, _ fact: WarehouseTable.Fact, _ load: LoadContext) {
    self.table = table
    self.fact = fact
    self.load = load
  }

  func load(
    _ rows: any BatchSource, _ scope: LoadScope, _ keys: (any BatchSource)?
  ) throws -> LoadOutcome {
    try FactForm(self).settle()
    if fact.isAudited { try AuditDimension(load).note(table) }
    try CentsView(self).make()
    try FactViews(self).make()
    let isEmpty = try database.integer("SELECT EXISTS (SELECT 1 FROM \(name))") == 0
    let isFilled = isEmpty && load.dialect == .sqlite
    // A server builds what is empty from its own staging table, sorted and in parts.
    var outcome =
      isFilled
      ? try FactFill(self).load(rows, scope)
      : try FactMerge(self, isEmpty: isEmpty).load(rows, scope, keys)
    if isEmpty || outcome.deleted > 0 || !fact.views.contains(.asKnown) {
      try FactViews(self).forgetKeys()
    }
    let missing = MissingMembers(self)
    outcome.inferred = try missing.infer()
    outcome.agedInferred = try missing.agedCount()
    let suspending = try missing.lookups(.suspend).map(\.column)
    let suspended = SuspendedFacts(table.name, load)
    outcome.suspended = try suspended.park(suspending)
    if outcome.suspended > 0 { outcome.suspendedMeasures = try suspended.measures() }
    if !suspending.isEmpty {
      // Those that came in are told of by no other count.
      outcome.isCounted = true
      outcome.rowCount = try database.integer("SELECT count(*) FROM \(name)")
    }
    if !isFilled {
      try FactIndexes(self).settle()
      try ForeignKeys(load).settle(table.name)
    }
    return outcome
  }

  /// The foreign keys' makers.
  func lookups(_ reading: LookupIndex.Reading) throws(Fault) -> [LookupColumn] {
    try fact.lookups.map { lookup throws(Fault) in
      try LookupColumn(lookup, of: table, load, reading)
    }
  }

  /// The table's name as an identifier.
  var name: String { load.quoted(table.name) }

  /// The column that numbers the stored rows.
  var idColumn: String { "\(table.name)_id" }

  /// SQL for: the row `f` was not taken away.
  var isThere: String {
    switch fact.absence {
    case .flag: "NOT f.is_deleted"
    case .reverse: "f.reversed_in IS NULL"
    case .remove, .keep: "true"
    }
  }

  /// The stored columns: foreign keys, then what is delivered.
  var columns: [String] { fact.lookups.map(\.column) + fact.stored.map(\.name) }

  /// SQL for: the stored row `f` and the staged row `s` have the same grain.
  func isSameGrain(_ staging: Staging) -> String {
    sameGrain("f", "s", filled: staging.filledKeys)
  }

  /// SQL for: the stored row and the other row have the same grain. Of a grain with reversals only
  /// the row that stands is meant. `filled` are the key's columns without a NULL.
  func sameGrain(_ stored: String, _ other: String, filled: Set<String> = []) -> String {
    same(table.key, stored, other, load.dialect, filled: filled)
      + (fact.absence == .reverse ? " AND \(stored).reversed_in IS NULL" : "")
  }

  /// The same as a condition for a join: the grain may hold NULLs, and only in a subquery does
  /// SQLite find equal NULLs by index.
  func isStoredAs(_ staging: Staging) -> String {
    guard load.dialect == .sqlite else { return isSameGrain(staging) }
    let id = load.quoted(idColumn)
    return "f.\(id) = (SELECT g.\(id) FROM \(name) AS g WHERE \(sameGrain("g", "s")))"
  }

  /// What the loader itself writes into each row of a load: columns and their values in SQL.
  func marks() throws(Fault) -> [(column: String, value: String)] {
    guard fact.isAudited || fact.absence == .reverse else { return [] }
    let number = try LoadLedger.nextNumber(in: database)
    var marks: [(column: String, value: String)] = []
    if fact.isAudited { marks.append((AuditDimension.column, "\(number)")) }
    if fact.absence == .reverse { marks.append(("revision", "\(number)")) }
    return marks
  }

  /// The columns of the unique index over the grain: in a table of parts a server wants that by
  /// which it is parted among them.
  var grainColumns: [String] {
    guard load.dialect == .postgresql, let month = fact.month, !table.key.contains(month) else {
      return table.key
    }
    return table.key + [month]
  }

  /// Makes the unique index over the grain, if it is not there; `.verdict` names a grain that
  /// several rows have.
  func makeGrainIndex() throws(Fault) {
    let index =
      """
      CREATE UNIQUE INDEX IF NOT EXISTS \(load.quoted(table.name + "_grain"))
      ON \(name) (\(grainColumns.map(load.quoted).joined(separator: ", ")))
      \(fact.absence == .reverse ? "WHERE reversed_in IS NULL" : "")
      """
    do {
      try database.attempt { () throws(Fault) in try database.execute(index) }
    } catch {
      if error.kind == .verdict { try checkRepeats(in: table.name, of: table, load) }
      throw error
    }
  }
}
