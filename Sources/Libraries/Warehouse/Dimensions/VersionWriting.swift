import Columnar
import Core
import Database

/// Writes versions of a dimension: what is to become of them is gathered, then a statement each
/// keeps what was known, takes away, changes and adds.
struct VersionWriting {
  private enum Change: String { case insert, update, delete }

  private let load: LoadContext
  private let table: String
  private let surrogate: String
  /// The columns of a version that may change, as identifiers; and all of them.
  private let versioned: [String]
  private let inserted: [String]
  private let past: PastKnowledge?
  private let rows: GatheredRows
  private let keyCount: Int
  private var counts: [Change: Int] = [:]

  /// Where it is told what becomes of a version.
  private static let mark = "_change"

  init(_ loader: DimensionLoader, _ tracked: [String], _ untracked: [String]) throws(Fault) {
    load = loader.load
    table = load.quoted(loader.table.name)
    surrogate = load.quoted(loader.dimension.surrogateColumn)
    keyCount = loader.table.key.count
    past = loader.dimension.hasTwoAxes ? try PastKnowledge(loader) : nil
    let changing =
      ["is_inferred", "valid_from", "valid_to", "is_current", "is_deleted"]
      + (past == nil ? [] : [DimensionColumns.knownFrom]) + tracked + untracked
    let all =
      [loader.dimension.surrogateColumn, loader.dimension.durableColumn] + loader.table.key
      + changing
    versioned = changing.map(loader.load.quoted)
    inserted = all.map(loader.load.quoted)
    rows = try GatheredRows(
      "_versions",
      [(name: Self.mark, of: "'update'")]
        + all.map { (name: $0, of: "t.\(loader.load.quoted($0))") },
      from: loader.table.name, load)
  }

  mutating func insert(
    _ surrogate: Int64, _ durable: Int64, _ key: [Scalar], _ version: MemberVersion
  ) throws(Fault) {
    try add(.insert, [.integer(surrogate), .integer(durable)] + key + values(version))
  }

  mutating func update(_ surrogate: Int64, _ version: MemberVersion) throws(Fault) {
    let unchanged = [Scalar](repeating: .null, count: 1 + keyCount)
    try add(.update, [.integer(surrogate)] + unchanged + values(version))
  }

  mutating func delete(_ surrogate: Int64) throws(Fault) {
    let nothing = [Scalar](repeating: .null, count: inserted.count - 1)
    try add(.delete, [.integer(surrogate)] + nothing)
  }

  /// Applies all that was gathered. Rows that stay are moved before others are added: no two of a
  /// member may start at the same moment.
  func write() throws(Fault) {
    guard rows.count > 0 else { return }
    try rows.flush()
    let changes = counts.keys
    if changes.contains(.update) || changes.contains(.delete) {
      try past?.keep(
        where: "IN (SELECT \(surrogate) FROM \(rows.name) "
          + "WHERE \(Self.mark) <> '\(Change.insert.rawValue)')")
    }
    if changes.contains(.delete) {
      try load.database.run(
        "DELETE FROM \(table) WHERE \(surrogate) IN "
          + "(SELECT \(surrogate) FROM \(rows.name) WHERE \(are(.delete)))")
    }
    if changes.contains(.update) {
      let assignments = versioned.map { "\($0) = v.\($0)" }.joined(separator: ", ")
      try load.database.run(
        "UPDATE \(table) SET \(assignments) FROM \(rows.name) AS v "
          + "WHERE \(table).\(surrogate) = v.\(surrogate) AND v.\(are(.update))")
    }
    if changes.contains(.insert) {
      let list = inserted.joined(separator: ", ")
      try load.database.run(
        "INSERT INTO \(table) (\(list)) SELECT \(list) FROM \(rows.name) WHERE \(are(.insert))")
    }
    try rows.empty()
  }

  private func are(_ change: Change) -> String { "\(Self.mark) = '\(change.rawValue)'" }

  private mutating func add(_ change: Change, _ row: [Scalar]) throws(Fault) {
    counts[change, default: 0] += 1
    try rows.add([.string(change.rawValue)] + row)
  }

  private func values(_ version: MemberVersion) -> [Scalar] {
    let made: [Scalar] = [
      .integer(0), .string(startText(version.from)), .string(startText(version.to)),
      .integer(version.isCurrent ? 1 : 0), .integer(version.isDeleted ? 1 : 0),
    ]
    return made + (past.map { [.string($0.moment)] } ?? []) + version.tracked + version.untracked
  }
}
