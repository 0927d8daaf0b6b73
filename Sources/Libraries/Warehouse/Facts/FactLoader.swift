import Columnar
import Core
import Database

/// Loads one fact: stages the delivered rows with their foreign keys, applies the differences by
/// set-based statements, and proves that what is stored is what was delivered.
struct FactLoader {
  let table: WarehouseTable
  let fact: WarehouseTable.Fact
  let load: WarehouseLoad
  private var database: SQLiteConnection { load.database }

  init(_ table: WarehouseTable, _ fact: WarehouseTable.Fact, _ load: WarehouseLoad) {
    self.table = table
    self.fact = fact
    self.load = load
  }

  func load(_ rows: any BatchSource, _ scope: LoadScope) throws -> LoadOutcome {
    try makeTable()
    let lookups = try fact.lookups.map { try LookupColumn($0, of: table, load) }
    let staging = try stage(rows, lookups)
    try staging.checkKeys(table.key, table.place)
    let condition = try FactScope(self, lookups, staging).condition(scope)
    var outcome = LoadOutcome()
    outcome.delivered = staging.content.rowCount
    outcome.digest = staging.content.digest
    let isEmpty = try database.integer("SELECT EXISTS (SELECT 1 FROM \(name))") == 0
    if isEmpty {
      outcome.inserted = try fill(from: staging)
    } else {
      outcome.updated = try update(from: staging)
      outcome.inserted = try insert(from: staging)
    }
    let waiting = WaitingFacts(self, staging)
    try waiting.note(lookups)
    if let condition, !isEmpty { outcome.deleted = try delete(condition, staging) }
    try waiting.forgetResolved()
    try FactProof(self, staging).check(condition)
    return outcome
  }

  /// The table's name as an identifier.
  var name: String { load.quoted(table.name) }

  /// The column that numbers the stored rows.
  var idColumn: String { "\(table.name)_id" }

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

  private func makeTable() throws(Fault) {
    var shape = TableShape(table.name)
    shape.add(idColumn, .bigint, "PRIMARY KEY")
    for lookup in fact.lookups {
      let target = load.quoted(String(lookup.dimension.dropFirst(4)) + "_key")
      shape.add(
        lookup.column, .bigint, "NOT NULL REFERENCES \(load.quoted(lookup.dimension)) (\(target))")
    }
    shape.add(fact.stored)
    try shape.realize(in: database, at: table.place)
    try database.run("DELETE FROM _lookups WHERE fact = ?1", [.string(table.name)])
    for lookup in fact.lookups {
      try database.run(
        "INSERT INTO _lookups VALUES (?1, ?2, ?3, ?4)",
        [
          .string(table.name), .string(lookup.column), .string(lookup.dimension),
          lookup.asOf.map { .string($0) } ?? .null,
        ])
    }
  }

  private func stage(_ rows: any BatchSource, _ lookups: [LookupColumn]) throws -> Staging {
    let fields = lookups.map { Field($0.lookup.column, .bigint, isNullable: false) }
    let schema = Schema(fields + table.schema.fields)
    var staging = try Staging(table.name, schema, key: table.key, of: load)
    while let batch = try rows.next() {
      guard batch.schema.names == table.schema.names else {
        throw Fault(
          .internal, at: table.place, "the delivered columns are not those declared",
          remedy: "report it")
      }
      let keys = lookups.map { $0.resolve(batch) }
      try staging.append(Batch(schema, keys + batch.columns, rowCount: batch.rowCount))
    }
    return staging
  }

  /// Fills the empty table, then makes the index over its grain in one go.
  private func fill(from staging: Staging) throws(Fault) -> Int {
    try database.execute("DROP INDEX IF EXISTS \(load.quoted(table.name + "_grain"))")
    let list = columns.map(load.quoted).joined(separator: ", ")
    let count = try database.run(
      "INSERT INTO \(name) (\(list)) SELECT \(list) FROM \(load.quoted(staging.name))")
    try makeGrainIndex()
    return count
  }

  private func makeGrainIndex() throws(Fault) {
    try database.execute(
      """
      CREATE UNIQUE INDEX IF NOT EXISTS \(load.quoted(table.name + "_grain"))
      ON \(name) (\(table.key.map(load.quoted).joined(separator: ", ")))
      """)
  }

  private func update(from staging: Staging) throws(Fault) -> Int {
    try makeGrainIndex()
    let others = columns.filter { !table.key.contains($0) }
    guard !others.isEmpty else { return 0 }
    let assignments = others.map { "\(load.quoted($0)) = s.\(load.quoted($0))" }
    return try database.run(
      """
      UPDATE \(name) AS f SET \(assignments.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE \(isStoredAs) AND (\(differing(others, "f", "s", .sqlite)))
      """)
  }

  private func insert(from staging: Staging) throws(Fault) -> Int {
    let list = columns.map(load.quoted)
    return try database.run(
      """
      INSERT INTO \(name) (\(list.joined(separator: ", ")))
      SELECT \(list.map { "s.\($0)" }.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE NOT EXISTS (SELECT 1 FROM \(name) AS f WHERE \(isSameGrain))
      """)
  }

  /// Deletes what the delivery lacks of its scope. All delivered rows are stored by now, so there
  /// is something to delete only if more rows are stored than were delivered.
  private func delete(_ condition: String, _ staging: Staging) throws(Fault) -> Int {
    let stored = try database.integer("SELECT count(*) FROM \(name) AS f WHERE \(condition)")
    guard stored > staging.content.rowCount else { return 0 }
    try database.execute(
      """
      CREATE INDEX \(load.quoted("stg_\(table.name)_grain")) ON \(load.quoted(staging.name))
      (\(table.key.map(load.quoted).joined(separator: ", ")))
      """)
    return try database.run(
      """
      DELETE FROM \(name) AS f WHERE (\(condition)) AND NOT EXISTS (
        SELECT 1 FROM \(load.quoted(staging.name)) AS s WHERE \(isSameGrain))
      """)
  }
}
