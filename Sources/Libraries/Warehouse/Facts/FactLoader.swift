import Columnar
import Core
import Database

/// Loads one fact: fills it when it is empty, else applies what is different.
struct FactLoader {
  let table: WarehouseTable
  let fact: WarehouseTable.Fact
  let load: LoadContext
  private var database: SQLiteConnection { load.database }

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
    return isEmpty ? try FactFill(self).load(rows) : try FactMerge(self).load(rows, scope, keys)
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
      ? "UPDATE \(name) AS f SET is_deleted = 1 WHERE \(isThere) AND"
      : "DELETE FROM \(name) AS f WHERE"
  }

  /// SQL for: the row `f` was not taken away.
  var isThere: String { fact.absence == .flag ? "NOT f.is_deleted" : "1" }

  /// The stored columns: foreign keys, then what is delivered.
  var columns: [String] { fact.lookups.map(\.column) + fact.stored.map(\.name) }

  /// SQL for: the stored row `f` and the staged row `s` have the same grain.
  var isSameGrain: String { same(table.key, "f", "s", .sqlite) }

  /// The same as a condition for a join: the grain may hold NULLs, and only in a subquery does
  /// SQLite find equal NULLs by index.
  var isStoredAs: String {
    let id = load.quoted(idColumn)
    let grain = same(table.key, "g", "s", .sqlite)
    return "f.\(id) = (SELECT g.\(id) FROM \(name) AS g WHERE \(grain))"
  }

  /// Makes the unique index over the grain, if it is not there; `.verdict` names a grain that
  /// several rows have.
  func makeGrainIndex() throws(Fault) {
    do {
      try database.execute(
        """
        CREATE UNIQUE INDEX IF NOT EXISTS \(load.quoted(table.name + "_grain"))
        ON \(name) (\(table.key.map(load.quoted).joined(separator: ", ")))
        """)
    } catch {
      if error.kind == .verdict { try checkRepeats(in: table.name, of: table, load) }
      throw error
    }
  }
}
