import Columnar
import Core
import Database

/// The periods of a fact: that each was loaded, which revision of it stands, and which are sealed.
///
/// A snapshot's period is a value of its snapshot column, that of another fact the day by which it
/// is sealed. A row of `_periods` a period and revision tells what the load changed; a period that
/// was loaded without rows has one too.
struct FactPeriods {
  private let loader: FactLoader
  private let staging: Staging?
  private var changes: [Change] = []
  private var fact: WarehouseTable.Fact { loader.fact }
  private var load: LoadContext { loader.load }
  private var database: any LoadingConnection { load.database }

  /// Part of the loader's own tables.
  static let table = """
    CREATE TABLE IF NOT EXISTS _periods (
      fact TEXT NOT NULL, period TEXT NOT NULL, revision BIGINT NOT NULL, run_id TEXT NOT NULL,
      revised_at TEXT NOT NULL, rows_changed BIGINT NOT NULL, measures TEXT NOT NULL, why TEXT,
      PRIMARY KEY (fact, period, revision));
    """

  /// What a load changes in a period.
  private struct Change {
    var period: String
    var rowCount: Int64
    var sums: [Scalar]
  }

  /// `staging` is what was delivered; nil while an empty fact is filled.
  init(_ loader: FactLoader, _ staging: Staging? = nil) {
    self.loader = loader
    self.staging = staging
  }

  /// Whether periods of the fact are sealed as time goes by.
  var areSealed: Bool { fact.seal != nil }

  private var measures: Measures { Measures(of: fact, key: loader.table.key, load) }

  /// Finds out what changes in which period; `.verdict` when one of them is sealed and was not
  /// reopened.
  mutating func admit(_ differences: FactDifferences) throws(Fault) {
    guard let seal = fact.seal else { return }
    let stored = try period(of: seal.column)
    let delivered = "CAST(s.\(load.quoted(seal.column)) AS TEXT)"
    let found = try database.rows(
      differences.byPeriod(stored: stored, delivered: delivered, measures))
    changes = found.compactMap { row in
      guard case .integer(let count) = row[1], count > 0 else { return nil }
      let period = if case .string(let text) = row[0] { text } else { "" }
      return Change(period: period, rowCount: count, sums: Array(row.dropFirst(2)))
    }
    try refuseSealed(seal)
  }

  private func refuseSealed(_ seal: WarehouseTable.Seal) throws(Fault) {
    guard let first = load.clock.now.date.adding(days: -seal.days) else { return }
    let sealed = changes.filter { change in
      !change.period.isEmpty && change.period < "\(first)" && !isReopened(change.period)
    }
    guard !sealed.isEmpty else { return }
    let shown = sealed.prefix(3).map { change in
      let money = measures.words(change.sums)
      return "\(change.period) (\(counted(Int(change.rowCount), "row"))"
        + (money.isEmpty ? ")" : ", \(money))")
    }
    let more = sealed.count > 3 ? ", and \(counted(sealed.count - 3, "day")) more" : ""
    throw Fault(
      .verdict, at: loader.table.place,
      "\(loader.table.name): sealed periods would change: \(shown.joined(separator: ", "))\(more)",
      remedy: "say 'load-facts --reopen \(sealed[0].period) --why …', a day, month or year")
  }

  private func isReopened(_ period: String) -> Bool {
    load.reopened?.periods.contains { period == $0 || period.hasPrefix("\($0)-") } ?? false
  }

  /// SQL for the day of a stored row `f` as text.
  private func period(of column: String) throws(Fault) -> String {
    let name = load.quoted(column)
    if loader.columns.contains(column) { return "CAST(f.\(name) AS TEXT)" }
    guard let lookup = fact.lookups.first(where: { $0.naturalColumns == [column] }) else {
      throw Fault(
        .configuration, at: loader.table.place,
        "\(loader.table.name) does not store \(column), by which it is sealed",
        remedy: "name it in 'keep'")
    }
    let shape = try DimensionShape(lookup.dimension, load, for: loader.table.place)
    return """
      (SELECT CAST(d.\(load.quoted(shape.key[0])) AS TEXT)
       FROM \(load.quoted(lookup.dimension)) AS d
       WHERE d.\(load.quoted(shape.surrogate)) = f.\(load.quoted(lookup.column)))
      """
  }
}

extension FactPeriods {
  /// Notes the revisions that a load made of the periods of `scope`.
  func note(_ scope: LoadScope, _ outcome: LoadOutcome) throws(Fault) {
    for change in changes {
      try note(change.period, change.rowCount, measures.text(change.sums))
    }
    guard fact.update == .snapshot, let staging else { return }
    let changed = Int64(outcome.inserted + outcome.updated + outcome.deleted)
    let source = load.quoted(loader.table.snapshotSource ?? fact.snapshotColumn ?? "")
    let periods =
      if case .partitions(_, let values) = scope {
        values.map(PeriodText.text)
      } else {
        try counts("CAST(f.\(source) AS TEXT)", in: load.quoted(staging.name)).map(\.period)
      }
    for period in periods {
      let isKnown = try latest(period) > 0
      if changed > 0 || !isKnown { try note(period, changed, "{}") }
    }
  }

  /// Notes the first revision of the periods of a fact that was filled.
  func noteFill(_ scope: LoadScope) throws(Fault) {
    let isSnapshot = fact.update == .snapshot
    guard let column = isSnapshot ? loader.table.snapshotSource : fact.seal?.column else { return }
    let filled = try counts(try period(of: column), in: loader.name)
    for (period, count) in filled { try note(period, count, "{}") }
    // A day without rows was loaded too.
    if isSnapshot, case .partitions(_, let values) = scope {
      for period in values.map(PeriodText.text)
      where !filled.contains(where: { $0.period == period }) {
        try note(period, 0, "{}")
      }
    }
  }

  /// The number of rows `f` of a table by the text of their period.
  private func counts(
    _ period: String, in source: String
  ) throws(Fault) -> [(period: String, count: Int64)] {
    try database.rows(
      "SELECT \(period) AS period, count(*) FROM \(source) AS f GROUP BY period ORDER BY period"
    ).compactMap { row in
      guard case .string(let period) = row[0], case .integer(let count) = row[1] else { return nil }
      return (period, count)
    }
  }

  private func latest(_ period: String) throws(Fault) -> Int {
    return try database.integer(
      "SELECT coalesce(max(revision), 0) FROM _periods WHERE fact = $1 "
        + "AND period = $2", [.string(loader.table.name), .string(period)])
  }

  private func note(_ period: String, _ rowCount: Int64, _ measures: String) throws(Fault) {
    let why = isReopened(period) ? load.reopened?.why : nil
    try database.run(
      "INSERT INTO _periods VALUES (\((1...8).map { "$\($0)" }.joined(separator: ", ")))",
      [
        .string(loader.table.name), .string(period), .integer(Int64(try latest(period)) + 1),
        .string(load.run), .string(ValueText.text(instant: load.clock.now)), .integer(rowCount),
        .string(measures), why.map { .string($0) } ?? .null,
      ])
  }
}

/// The text of a period, as SQL casts it.
private enum PeriodText {
  static func text(_ value: Scalar) -> String {
    switch value {
    case .string(let text): text
    case .date(let date): "\(date)"
    case .integer(let number): "\(number)"
    case .timestamp(let moment): ValueText.text(instant: moment)
    default: plain(value)
    }
  }
}
