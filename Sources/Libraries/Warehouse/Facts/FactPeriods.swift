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
    try note(changes.map { ($0.period, $0.rowCount, measures.text($0.sums)) })
    guard fact.update == .snapshot, let staging else { return }
    let changed = Int64(outcome.inserted + outcome.updated + outcome.deleted)
    let source = load.quoted(loader.table.snapshotSource ?? fact.snapshotColumn ?? "")
    let periods =
      if case .partitions(_, let values) = scope {
        values.map(PeriodText.text)
      } else {
        try counts("CAST(f.\(source) AS TEXT)", in: load.quoted(staging.name)).map(\.period)
      }
    let known = try latest()
    try note(
      periods.filter { changed > 0 || known[$0] == nil }.map { ($0, changed, "{}") })
  }

  /// Notes the first revision of the periods of a fact that was filled.
  func noteFill(_ scope: LoadScope) throws(Fault) {
    let isSnapshot = fact.update == .snapshot
    guard let column = isSnapshot ? loader.table.snapshotSource : fact.seal?.column else { return }
    let sums = isSnapshot ? [] : measures.fields
    let filled = try counts(try period(of: column), in: loader.name, sums)
    // A day without rows was loaded too.
    var empty: [String] = []
    if isSnapshot, case .partitions(_, let values) = scope {
      let known = Set(filled.map(\.period))
      empty = values.map(PeriodText.text).filter { !known.contains($0) }
    }
    try note(
      filled.map { ($0.period, $0.rowCount, isSnapshot ? "{}" : measures.text($0.sums)) }
        + empty.map { ($0, 0, "{}") })
  }

  /// The number of rows `f` of a table by the text of their period, and the sums of some measures.
  private func counts(
    _ period: String, in source: String, _ fields: [Field] = []
  ) throws(Fault) -> [Change] {
    let sums = fields.map { ", \(measures.sum(of: $0, in: "f"))" }.joined()
    return try database.rows(
      "SELECT \(period) AS period, count(*)\(sums) FROM \(source) AS f "
        + "GROUP BY period ORDER BY period"
    ).compactMap { row in
      guard case .string(let period) = row[0], case .integer(let count) = row[1] else { return nil }
      return Change(period: period, rowCount: count, sums: Array(row.dropFirst(2)))
    }
  }

  /// The last revision of each period.
  private func latest() throws(Fault) -> [String: Int64] {
    var latest: [String: Int64] = [:]
    for row in try database.rows(
      "SELECT period, max(revision) FROM _periods WHERE fact = $1 GROUP BY period",
      [.string(loader.table.name)])
    {
      if case .string(let period) = row[0], case .integer(let number) = row[1] {
        latest[period] = number
      }
    }
    return latest
  }

  private func note(
    _ revised: [(period: String, rowCount: Int64, measures: String)]
  ) throws(Fault) {
    guard !revised.isEmpty else { return }
    let latest = try latest()
    let now = Scalar.string(ValueText.text(instant: load.clock.now))
    try database.insert(
      revised.map { period, rowCount, measures in
        let why = isReopened(period) ? load.reopened?.why : nil
        return [
          .string(loader.table.name), .string(period), .integer((latest[period] ?? 0) + 1),
          .string(load.run), now, .integer(rowCount), .string(measures),
          why.map { .string($0) } ?? .null,
        ]
      }, into: "_periods",
      [
        "fact", "period", "revision", "run_id", "revised_at", "rows_changed", "measures", "why",
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
