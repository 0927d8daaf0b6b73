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

  /// The table of grains that a delivery speaks for beside its own rows.
  private static let spoken = "_spoken_for"

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
    var spoken: String?
    if loader.fact.absence != .keep, let keys { spoken = try spokenFor(keys, staging) }
    var periods = FactPeriods(loader, staging)
    if periods.areSealed {
      let gone = try [condition.map { try undelivered($0, staging) }, spoken].compactMap(\.self)
      try periods.admit(FactDifferences(loader, staging, gone: gone))
    }
    var outcome = LoadOutcome()
    outcome.delivered = keyed.content.rowCount
    outcome.digest = keyed.content.digest
    let reversal = loader.fact.absence == .reverse ? try FactReversal(loader) : nil
    if let reversal {
      outcome.updated = try reversal.takeCorrected(FactDifferences(loader, staging))
      outcome.inserted = try insert(from: staging) - outcome.updated
    } else {
      outcome.updated = try update(from: staging)
      outcome.inserted = try insert(from: staging)
    }
    let waiting = WaitingFacts(loader, staging)
    try waiting.note(lookups)
    if let condition, try hasUndelivered(condition, keyed.content.rowCount) {
      outcome.deleted = try takeAway(undelivered(condition, staging), reversal)
    }
    if let spoken { outcome.deleted += try takeAway(spoken, reversal) }
    try database.execute("DROP TABLE IF EXISTS \(FactMerge.spoken)")
    try reversal?.noteWaiting()
    try waiting.forgetResolved()
    try periods.note(scope, outcome)
    try FactProof(loader, staging, keyed.content).check(condition)
    return outcome
  }

  // The load's transaction is given up when a statement fails, so that SQLite need not keep what
  // the statement replaced: OR FAIL.

  private func update(from staging: Staging) throws(Fault) -> Int {
    let others = loader.columns.filter { !table.key.contains($0) }
    let milestones = Milestones(loader)
    var assignments = others.map { "\(load.quoted($0)) = \(milestones.value(of: $0))" }
    var isChanged = milestones.differing(others)
    if loader.fact.absence == .flag {
      assignments.append("is_deleted = 0")
      isChanged += " OR f.is_deleted"
    }
    guard !assignments.isEmpty else { return 0 }
    assignments += try loader.marks().map { "\($0.column) = \($0.value)" }
    return try database.run(
      """
      UPDATE OR FAIL \(loader.name) AS f SET \(assignments.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE \(loader.isStoredAs) AND (\(isChanged))
      """)
  }

  private func insert(from staging: Staging) throws(Fault) -> Int {
    let list = loader.columns.map(load.quoted)
    let marks = try loader.marks()
    let values = list.map { "s.\($0)" } + marks.map(\.value)
    return try database.run(
      """
      INSERT OR FAIL INTO \(loader.name) (\((list + marks.map(\.column)).joined(separator: ", ")))
      SELECT \(values.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE NOT EXISTS (SELECT 1 FROM \(loader.name) AS f WHERE \(loader.isSameGrain))
      """)
  }

  /// Takes away the rows `f` of a condition, as the job says.
  private func takeAway(_ condition: String, _ reversal: FactReversal?) throws(Fault) -> Int {
    if let reversal { return try reversal.take(where: condition) }
    return try database.run(
      loader.fact.absence == .flag
        ? "UPDATE \(loader.name) AS f SET is_deleted = 1 WHERE \(loader.isThere) AND \(condition)"
        : "DELETE FROM \(loader.name) AS f WHERE \(condition)")
  }

  /// The rows of grains that the delivery speaks for and lacks; nil when it speaks for its own
  /// rows only.
  private func spokenFor(_ keys: any BatchSource, _ staging: Staging) throws -> String? {
    guard let first = try keys.next() else { return nil }
    let spoken = FactMerge.spoken
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
    return """
      f.\(id) IN (
        SELECT (SELECT g.\(id) FROM \(loader.name) AS g WHERE \(loader.sameGrain("g", "k")))
        FROM \(spoken) AS k WHERE NOT EXISTS (
          SELECT 1 FROM \(load.quoted(staging.name)) AS s
          WHERE \(same(table.key, "s", "k", .sqlite))))
      """
  }

  private func indexGrain(of staging: Staging) throws(Fault) {
    try database.execute(
      """
      CREATE INDEX IF NOT EXISTS \(load.quoted("stg_\(table.name)_grain"))
      ON \(load.quoted(staging.name)) (\(table.key.map(load.quoted).joined(separator: ", ")))
      """)
  }

  /// Whether rows of the scope are stored that were not delivered: all delivered ones are stored by
  /// now, so there are such only if more rows are stored.
  private func hasUndelivered(_ condition: String, _ deliveredCount: Int) throws(Fault) -> Bool {
    try database.integer(
      "SELECT count(*) FROM \(loader.name) AS f WHERE \(loader.isThere) AND (\(condition))")
      > deliveredCount
  }

  /// What the delivery lacks of its scope.
  private func undelivered(_ condition: String, _ staging: Staging) throws(Fault) -> String {
    try indexGrain(of: staging)
    return """
      (\(condition)) AND NOT EXISTS (
        SELECT 1 FROM \(load.quoted(staging.name)) AS s WHERE \(loader.isSameGrain))
      """
  }
}
