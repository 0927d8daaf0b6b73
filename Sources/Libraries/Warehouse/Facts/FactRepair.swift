import Columnar
import Core
import Database

/// Mends stored facts after a dimension has changed: those that waited for a member that is here
/// now, and those whose version holds at another time than before. Facts at other versions stay.
struct FactRepair {
  private let dimension: String
  private let load: LoadContext

  init(_ dimension: String, _ load: LoadContext) {
    self.dimension = dimension
    self.load = load
  }

  /// Gives the number of foreign keys that changed.
  func mend(_ changed: ChangedMembers) throws(Fault) -> Int {
    guard !changed.isEmpty else { return 0 }
    let lookups = try load.database.rows(
      "SELECT fact, column_name, as_of FROM _lookups WHERE dimension = $1", [.string(dimension)])
    guard !lookups.isEmpty else { return 0 }
    try noteMoved(changed)
    var count = 0
    var whole: LookupIndex?
    for target in try targets(lookups) {
      if changed.moved.isEmpty {
        guard try hasWaiting(target) else { continue }
      }
      if whole == nil { whole = try LookupIndex(dimension, load, for: load.database.place) }
      guard let index = whole else { continue }
      let suspended = SuspendedFacts(target.fact, load)
      let columns = try suspended.columns()
      if !columns.isEmpty { try suspended.bringBack() }
      if changed.hasNewMembers { count += try mendWaiting(target, index) }
      if !changed.moved.isEmpty { count += try mendMoved(target, index) }
      if !columns.isEmpty { _ = try suspended.park(columns) }
    }
    try load.database.execute("DROP TABLE IF EXISTS _moved")
    return count
  }

  private struct Target {
    var fact: String
    var column: String
    var asOf: String?
  }

  /// The stored facts among rows (fact, column, moment's column).
  private func targets(_ lookups: [[Scalar]]) throws(Fault) -> [Target] {
    var targets: [Target] = []
    for row in lookups {
      guard case .string(let fact) = row[0], case .string(let column) = row[1],
        try load.database.hasTable(fact)
      else { continue }
      var asOf: String?
      if case .string(let name) = row[2] { asOf = name }
      targets.append(Target(fact: fact, column: column, asOf: asOf))
    }
    return targets
  }

  private func noteMoved(_ changed: ChangedMembers) throws(Fault) {
    try load.database.execute(
      "DROP TABLE IF EXISTS _moved; "
        + "CREATE TEMP TABLE _moved (surrogate \(load.dialect.wholeNumber) PRIMARY KEY, "
        + "natural_key TEXT)")
    try load.database.insert(
      changed.moved.map { [.integer($0.key), .string($0.value)] },
      into: "_moved", ["surrogate", "natural_key"])
  }

  private func hasWaiting(_ target: Target) throws(Fault) -> Bool {
    try load.database.integer(
      "SELECT EXISTS (SELECT 1 FROM _waiting WHERE fact = $1 AND column_name = $2)",
      [.string(target.fact), .string(target.column)]) == 1
  }

  private func mendWaiting(_ target: Target, _ index: LookupIndex) throws(Fault) -> Int {
    let rows = try load.database.cursor(
      "SELECT w.natural_key, \(moment(target)), w.fact_id, \(ReservedKey.unknown) "
        + "FROM _waiting AS w JOIN \(load.quoted(target.fact)) AS f ON \(id(target)) = w.fact_id "
        + "WHERE w.fact = $1 AND w.column_name = $2",
      [.string(target.fact), .string(target.column)])
    let changes = try newKeys(rows, index)
    try receipts.apply(changes.map(\.change), to: target.column, of: target.fact)
    return changes.count
  }

  private func mendMoved(_ target: Target, _ index: LookupIndex) throws(Fault) -> Int {
    // A fact without a moment of its own keeps the version it was given, unless that is gone.
    let surrogate = load.quoted(DimensionColumns.surrogate(of: dimension))
    let isGone =
      target.asOf == nil
      ? " WHERE NOT EXISTS (SELECT 1 FROM \(load.quoted(dimension)) AS d "
        + "WHERE d.\(surrogate) = m.surrogate)" : ""
    try makeIndex(target)
    let rows = try load.database.cursor(
      "SELECT m.natural_key, \(moment(target)), \(id(target)), m.surrogate "
        + "FROM _moved AS m \(load.dialect.joinFromFew) \(load.quoted(target.fact)) AS f "
        + "ON f.\(load.quoted(target.column)) = m.surrogate\(isGone)")
    let changes = try newKeys(rows, index)
    try receipts.apply(changes.map(\.change), to: target.column, of: target.fact)
    // One whose member is gone waits for it from now on.
    try load.database.insert(
      changes.filter { $0.change.to == ReservedKey.unknown }.map {
        [
          .string(target.fact), .string(target.column), .integer($0.change.id),
          .string($0.naturalKey),
        ]
      }, into: "_waiting", ["fact", "column_name", "fact_id", "natural_key"])
    return changes.count
  }

  /// Has SQLite find the facts of a version without looking at all of them; a server's facts have
  /// such indexes from the first.
  private func makeIndex(_ target: Target) throws(Fault) {
    guard load.dialect == .sqlite else { return }
    try load.database.execute(
      "CREATE INDEX IF NOT EXISTS \(load.quoted("\(target.fact)_\(target.column)")) "
        + "ON \(load.quoted(target.fact)) (\(load.quoted(target.column)))")
  }

  private func moment(_ target: Target) -> String {
    target.asOf.map { "f.\(load.quoted($0))" } ?? "NULL"
  }

  private func id(_ target: Target) -> String { "f.\(load.quoted("\(target.fact)_id"))" }

  private var receipts: RekeyReceipts { RekeyReceipts(dimension, load) }

  /// The facts whose key changes, of rows (natural key, moment, fact's id, present key).
  private func newKeys(
    _ rows: any RowCursor, _ index: LookupIndex
  ) throws(Fault) -> [(change: RekeyReceipts.Change, naturalKey: String)] {
    var changes: [(change: RekeyReceipts.Change, naturalKey: String)] = []
    while try rows.advance() {
      let moment = rows.isNull(1) ? nil : Timestamp(parsing: rows.bytes(1))?.microseconds
      let surrogate = try index.surrogate(of: rows.bytes(0), at: moment, [])
      guard let id = rows.integer(2), let present = rows.integer(3), present != surrogate
      else { continue }
      let change = RekeyReceipts.Change(id: id, from: present, to: surrogate)
      changes.append((change, String(decoding: rows.bytes(0), as: UTF8.self)))
    }
    return changes
  }
}
