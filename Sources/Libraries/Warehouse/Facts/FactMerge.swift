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

  /// The table of grains that a delivery speaks for beside its own rows.
  private static let spoken = "_spoken_for"

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
      let corrected = try reversal.takeCorrected(FactDifferences(loader, staging))
      try MonthSwitch(loader, staging, isEmpty: isEmpty)?.run(condition, &outcome)
      outcome.updated += corrected
      outcome.inserted += try insert(from: staging) - corrected
    } else {
      try MonthSwitch(loader, staging, isEmpty: isEmpty)?.run(condition, &outcome)
      outcome.updated += try update(from: staging)
      outcome.inserted += try insert(from: staging)
    }
    let waiting = WaitingFacts(loader, staging)
    try waiting.note(lookups)
    if let condition, try hasUndelivered(condition, keyed.content.rowCount) {
      outcome.deleted += try takeAway(undelivered(condition, staging), reversal)
    }
    if let spoken {
      if loader.fact.absence == .remove { try waiting.forget(where: spoken) }
      outcome.deleted += try takeAway(spoken, reversal)
    }
    try database.execute("DROP TABLE IF EXISTS \(FactMerge.spoken)")
    try reversal?.noteWaiting()
    // Who speaks for single rows has no others looked at.
    try condition == nil ? waiting.forgetResolvedDelivered() : waiting.forgetResolved()
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
      assignments.append("is_deleted = false")
      isChanged += " OR f.is_deleted"
    }
    guard !assignments.isEmpty else { return 0 }
    assignments += try loader.marks().map { "\($0.column) = \($0.value)" }
    return try database.run(
      """
      UPDATE\(load.dialect.orFail) \(loader.name) AS f SET \(assignments.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE \(loader.isStoredAs(staging)) AND (\(isChanged))
      """)
  }

  private func insert(from staging: Staging) throws(Fault) -> Int {
    let list = loader.columns.map(load.quoted)
    let marks = try loader.marks()
    let values = list.map { "s.\($0)" } + marks.map(\.value)
    return try database.run(
      """
      INSERT\(load.dialect.orFail) INTO \(loader.name)
        (\((list + marks.map(\.column)).joined(separator: ", ")))
      SELECT \(values.joined(separator: ", "))
      FROM \(load.quoted(staging.name)) AS s
      WHERE NOT EXISTS (SELECT 1 FROM \(loader.name) AS f WHERE \(loader.isSameGrain(staging)))
      \(load.dialect == .sqlite ? "" : "ORDER BY \(sorting)")
      """)
  }

  /// Takes away the rows `f` of a condition, as the job says.
  private func takeAway(_ condition: String, _ reversal: FactReversal?) throws(Fault) -> Int {
    if let reversal { return try reversal.take(where: condition) }
    return try database.run(
      loader.fact.absence == .flag
        ? "UPDATE \(loader.name) AS f SET is_deleted = true "
          + "WHERE \(loader.isThere) AND \(condition)"
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
    return isSpokenFor(spoken, staging, filled)
  }

  /// SQL for: the stored row `f` is of a grain in `spoken` that was not delivered. `filled` are the
  /// columns of these grains without a NULL.
  private func isSpokenFor(_ spoken: String, _ staging: Staging, _ filled: Set<String>) -> String {
    let staged = load.quoted(staging.name)
    guard load.dialect == .sqlite else {
      return """
        EXISTS (SELECT 1 FROM \(spoken) AS k
          WHERE \(loader.sameGrain("f", "k", filled: filled)) AND NOT EXISTS (
            SELECT 1 FROM \(staged) AS s
            WHERE \(same(table.key, "s", "k", load.dialect, filled: filled))))
        """
    }
    let id = load.quoted(loader.idColumn)
    return """
      f.\(id) IN (
        SELECT (SELECT g.\(id) FROM \(loader.name) AS g WHERE \(loader.sameGrain("g", "k")))
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
        SELECT 1 FROM \(load.quoted(staging.name)) AS s WHERE \(loader.isSameGrain(staging)))
      """
  }
}
