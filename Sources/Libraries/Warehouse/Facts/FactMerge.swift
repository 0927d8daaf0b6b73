import Columnar
import Core
import Database

/// Brings a fact that has rows up to date: stages the delivered ones with their foreign keys,
/// applies the differences by set-based statements, and proves that what is stored is what was
/// delivered.
struct FactMerge {
  private let loader: FactLoader
  private let table: WarehouseTable
  private let load: LoadContext
  private let lookups: [LookupColumn]
  private var database: SQLiteConnection { load.database }

  init(_ loader: FactLoader) throws(Fault) {
    self.loader = loader
    table = loader.table
    load = loader.load
    lookups = try loader.lookups(.asNeeded)
  }

  func load(
    _ rows: any BatchSource, _ scope: LoadScope, _ keys: (any BatchSource)?
  ) throws -> LoadOutcome {
    let keyed = KeyedRows(rows, of: table, lookups, hashLimit: Staging.hashLimit)
    let staging = try Staging(table, keyed.schema, of: load)
    try staging.append { try keyed.next() }
    if keyed.content.mayRepeatKeys { try staging.checkKeys() }
    let condition = try FactScope(loader, lookups, staging).condition(scope)
    try loader.makeGrainIndex()
    var outcome = LoadOutcome()
    outcome.delivered = keyed.content.rowCount
    outcome.digest = keyed.content.digest
    outcome.updated = try update(from: staging)
    outcome.inserted = try insert(from: staging)
    let waiting = WaitingFacts(loader, staging)
    try waiting.note(lookups)
    if let condition { outcome.deleted = try delete(condition, staging, keyed.content.rowCount) }
    if loader.fact.absence != .keep, let keys {
      outcome.deleted += try delete(keys, staging)
    }
    try waiting.forgetResolved()
    try FactProof(loader, staging, keyed.content).check(condition)
    return outcome
  }

  // The load's transaction is given up when a statement fails, so that SQLite need not keep what
  // the statement replaced: OR FAIL.

  private func update(from staging: Staging) throws(Fault) -> Int {
    let others = loader.columns.filter { !table.key.contains($0) }
    var assignments = others.map { "\(load.quoted($0)) = s.\(load.quoted($0))" }
    var isChanged = differing(others, "f", "s", .sqlite)
    if loader.fact.absence == .flag {
      assignments.append("is_deleted = 0")
      isChanged += " OR f.is_deleted"
    }
    guard !assignments.isEmpty else { return 0 }
    return try database.run(
      """
      UPDATE OR FAIL \(loader.name) AS f SET \(assignments.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE \(loader.isStoredAs) AND (\(isChanged))
      """)
  }

  private func insert(from staging: Staging) throws(Fault) -> Int {
    let list = loader.columns.map(load.quoted)
    return try database.run(
      """
      INSERT OR FAIL INTO \(loader.name) (\(list.joined(separator: ", ")))
      SELECT \(list.map { "s.\($0)" }.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE NOT EXISTS (SELECT 1 FROM \(loader.name) AS f WHERE \(loader.isSameGrain))
      """)
  }

  /// Deletes the rows of grains that the delivery speaks for and lacks.
  private func delete(_ keys: any BatchSource, _ staging: Staging) throws -> Int {
    guard let first = try keys.next() else { return 0 }
    let spoken = "_spoken_for"
    var shape = TableShape(spoken)
    shape.add(keys.schema.fields)
    try shape.realize(in: database, at: table.place)
    var batch: Batch? = first
    let place = database.place
    _ = try database.insert(into: spoken, keys.schema.names) {
      defer { batch = nil }
      return try (batch ?? keys.next()).map { try StoredBatch($0, at: place) }
    }
    try indexGrain(of: staging)
    let id = load.quoted(loader.idColumn)
    let deleted = try database.run(
      """
      \(loader.takingAway) \(id) IN (
        SELECT (SELECT g.\(id) FROM \(loader.name) AS g
                WHERE \(same(table.key, "g", "k", .sqlite)))
        FROM \(spoken) AS k WHERE NOT EXISTS (
          SELECT 1 FROM \(load.quoted(staging.name)) AS s
          WHERE \(same(table.key, "s", "k", .sqlite))))
      """)
    try database.execute("DROP TABLE \(spoken)")
    return deleted
  }

  private func indexGrain(of staging: Staging) throws(Fault) {
    try database.execute(
      """
      CREATE INDEX \(load.quoted("stg_\(table.name)_grain")) ON \(load.quoted(staging.name))
      (\(table.key.map(load.quoted).joined(separator: ", ")))
      """)
  }

  /// Deletes what the delivery lacks of its scope. All delivered rows are stored by now, so there
  /// is something to delete only if more rows are stored than were delivered.
  private func delete(
    _ condition: String, _ staging: Staging, _ deliveredCount: Int
  ) throws(Fault) -> Int {
    let stored = try database.integer(
      "SELECT count(*) FROM \(loader.name) AS f WHERE \(loader.isThere) AND (\(condition))")
    guard stored > deliveredCount else { return 0 }
    try indexGrain(of: staging)
    return try database.run(
      """
      \(loader.takingAway) (\(condition)) AND NOT EXISTS (
        SELECT 1 FROM \(load.quoted(staging.name)) AS s WHERE \(loader.isSameGrain))
      """)
  }
}
