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
    try CentsView(self).make()
    let isEmpty = try database.integer("SELECT EXISTS (SELECT 1 FROM \(name))") == 0
    // A server builds what is empty from its own staging table, sorted and in parts.
    if isEmpty, load.dialect == .sqlite { return try FactFill(self).load(rows) }
    let outcome = try FactMerge(self, isEmpty: isEmpty).load(rows, scope, keys)
    try FactIndexes(self).settle()
    try ForeignKeys(load).settle(table.name)
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

  /// SQL that takes rows `f` away, up to its condition.
  var takingAway: String {
    fact.absence == .flag
      ? "UPDATE \(name) AS f SET is_deleted = true WHERE \(isThere) AND"
      : "DELETE FROM \(name) AS f WHERE"
  }

  /// SQL for: the row `f` was not taken away.
  var isThere: String { fact.absence == .flag ? "NOT f.is_deleted" : "true" }

  /// The stored columns: foreign keys, then what is delivered.
  var columns: [String] { fact.lookups.map(\.column) + fact.stored.map(\.name) }

  /// SQL for: the stored row `f` and the staged row `s` have the same grain.
  func isSameGrain(_ staging: Staging) -> String {
    same(table.key, "f", "s", load.dialect, filled: staging.filledKeys)
  }

  /// The same as a condition for a join: the grain may hold NULLs, and only in a subquery does
  /// SQLite find equal NULLs by index.
  func isStoredAs(_ staging: Staging) -> String {
    guard load.dialect == .sqlite else { return isSameGrain(staging) }
    let id = load.quoted(idColumn)
    let grain = same(table.key, "g", "s", load.dialect)
    return "f.\(id) = (SELECT g.\(id) FROM \(name) AS g WHERE \(grain))"
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
      """
    do {
      try database.attempt { () throws(Fault) in try database.execute(index) }
    } catch {
      if error.kind == .verdict { try checkRepeats(in: table.name, of: table, load) }
      throw error
    }
  }
}
