import Columnar
import Core
import Database

/// The append-only map from (dimension, natural key, version start) to surrogate key, and to the
/// durable key that all versions of a member share.
struct SurrogateKeys {
  /// The version start of dimensions without history.
  static let always = ""

  private let dimension: String
  private let load: LoadContext
  private let byStart: any Statement
  private let byMember: any Statement
  private let insert: any Statement
  private var nextSurrogate: Int64?
  private var nextDurable: Int64 = 1

  init(_ dimension: String, _ load: LoadContext) throws(Fault) {
    self.dimension = dimension
    self.load = load
    byStart = try load.database.prepare(
      "SELECT surrogate FROM _keys WHERE dimension = $1 AND natural_key = $2 AND valid_from = $3 "
        + "ORDER BY surrogate DESC")
    byMember = try load.database.prepare(
      "SELECT durable FROM _keys WHERE dimension = $1 AND natural_key = $2 LIMIT 1")
    insert = try load.database.prepare(
      "INSERT INTO _keys VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING")
  }

  /// The keys that versions with this start have had, the latest first.
  func known(_ naturalKey: String, from start: String) throws(Fault) -> [Int64] {
    try byStart.rows([.string(dimension), .string(naturalKey), .string(start)]).compactMap {
      if case .integer(let key) = $0[0] { key } else { nil }
    }
  }

  /// The member's key for ever; nil when it has never been seen.
  func durable(_ naturalKey: String) throws(Fault) -> Int64? {
    let rows = try byMember.rows([.string(dimension), .string(naturalKey)])
    if case .integer(let key)? = rows.first?.first { return key }
    return nil
  }

  /// Notes that the version from `start` has `surrogate`.
  func note(
    _ surrogate: Int64, durable: Int64, of naturalKey: String, from start: String
  ) throws(Fault) {
    try insert.run([
      .string(dimension), .string(naturalKey), .string(start), .integer(surrogate),
      .integer(durable),
    ])
  }

  /// A surrogate key that no version has had.
  mutating func makeSurrogate() throws(Fault) -> Int64 {
    try readLimits()
    defer { nextSurrogate = nextSurrogate.map { $0 + 1 } }
    return nextSurrogate ?? 1
  }

  /// A durable key that no member has had.
  mutating func makeDurable() throws(Fault) -> Int64 {
    try readLimits()
    defer { nextDurable += 1 }
    return nextDurable
  }

  private mutating func readLimits() throws(Fault) {
    guard nextSurrogate == nil else { return }
    let limits = try load.database.rows(
      "SELECT coalesce(max(surrogate), 0), coalesce(max(durable), 0) FROM _keys "
        + "WHERE dimension = $1", [.string(dimension)])
    guard case .integer(let surrogate) = limits[0][0], case .integer(let durable) = limits[0][1]
    else { return }
    nextSurrogate = surrogate + 1
    nextDurable = durable + 1
  }
}
