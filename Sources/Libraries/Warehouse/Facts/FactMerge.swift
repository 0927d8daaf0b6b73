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
  private let isEmpty: Bool
  private var database: any LoadingConnection { load.database }

  /// `isEmpty`: whether the fact has no rows.
  init(_ loader: FactLoader, isEmpty: Bool) throws(Fault) {
    self.loader = loader
    self.isEmpty = isEmpty
    table = loader.table
    load = loader.load
    lookups = try loader.lookups(isEmpty ? .whole : .asNeeded)
  }

  func load(
    _ rows: any BatchSource, _ scope: LoadScope, _ keys: (any BatchSource)?
  ) throws -> LoadOutcome {
    let keyed = KeyedRows(rows, of: table, lookups, hashLimit: Staging.hashLimit)
    var staging = try Staging(table, keyed.schema, of: load)
    try staging.append { try keyed.next() }
    if load.dialect == .postgresql {
      let nulls = keyed.content.nullKeys.map { keyed.schema.fields[$0].name }
      staging.filledKeys = Set(table.key).subtracting(nulls)
      try database.execute("ANALYZE \(load.quoted(staging.name))")
    }
    if keyed.content.mayRepeatKeys { try staging.checkKeys() }
    let condition = try FactScope(loader, lookups, staging).condition(scope)
    if !isEmpty { try loader.makeGrainIndex() }
    var outcome = LoadOutcome()
    outcome.delivered = keyed.content.rowCount
    outcome.digest = keyed.content.digest
    try MonthSwitch(loader, staging)?.run(condition, &outcome)
    outcome.updated += try update(from: staging)
    outcome.inserted += try insert(from: staging)
    let waiting = WaitingFacts(loader, staging)
    try waiting.note(lookups)
    if let condition { outcome.deleted += try delete(condition, staging, keyed.content.rowCount) }
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
    var isChanged = differing(others, "f", "s", load.dialect)
    if loader.fact.absence == .flag {
      assignments.append("is_deleted = false")
      isChanged += " OR f.is_deleted"
    }
    guard !assignments.isEmpty else { return 0 }
    return try database.run(
      """
      UPDATE\(load.dialect.orFail) \(loader.name) AS f SET \(assignments.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE \(loader.isStoredAs(staging)) AND (\(isChanged))
      """)
  }

  private func insert(from staging: Staging) throws(Fault) -> Int {
    let list = loader.columns.map(load.quoted)
    return try database.run(
      """
      INSERT\(load.dialect.orFail) INTO \(loader.name) (\(list.joined(separator: ", ")))
      SELECT \(list.map { "s.\($0)" }.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE NOT EXISTS (SELECT 1 FROM \(loader.name) AS f WHERE \(loader.isSameGrain(staging)))
      \(load.dialect == .sqlite ? "" : "ORDER BY \(sorting)")
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
    var filled = Set(table.key)
    _ = try database.append(to: spoken, keys.schema.names, at: database.place) {
      defer { batch = nil }
      guard let next = try batch ?? keys.next() else { return nil }
      for (column, name) in zip(next.columns, next.schema.names) where column.hasNulls {
        filled.remove(name)
      }
      return next
    }
    try indexGrain(of: staging)
    let deleted = try database.run(
      "\(loader.takingAway) \(isSpokenFor(spoken, staging, filled))")
    try database.execute("DROP TABLE \(spoken)")
    return deleted
  }

  /// SQL for: the stored row `f` is of a grain in `spoken` that was not delivered. `filled` are the
  /// columns of these grains without a NULL.
  private func isSpokenFor(_ spoken: String, _ staging: Staging, _ filled: Set<String>) -> String {
    let staged = load.quoted(staging.name)
    guard load.dialect == .sqlite else {
      return """
        EXISTS (SELECT 1 FROM \(spoken) AS k
          WHERE \(same(table.key, "f", "k", load.dialect, filled: filled)) AND NOT EXISTS (
            SELECT 1 FROM \(staged) AS s
            WHERE \(same(table.key, "s", "k", load.dialect, filled: filled))))
        """
    }
    let id = load.quoted(loader.idColumn)
    return """
      \(id) IN (
        SELECT (SELECT g.\(id) FROM \(loader.name) AS g
                WHERE \(same(table.key, "g", "k", load.dialect)))
        FROM \(spoken) AS k WHERE NOT EXISTS (
          SELECT 1 FROM \(staged) AS s WHERE \(same(table.key, "s", "k", load.dialect))))
      """
  }

  /// Rows lie as they are read most: by the day, if there is one, then by the grain.
  private var sorting: String {
    ([loader.fact.month].compactMap { $0 } + table.key).map { "s.\(load.quoted($0))" }
      .joined(separator: ", ")
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
        SELECT 1 FROM \(load.quoted(staging.name)) AS s WHERE \(loader.isSameGrain(staging)))
      """)
  }
}
