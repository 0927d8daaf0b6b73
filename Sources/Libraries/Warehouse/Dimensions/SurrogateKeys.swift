import Columnar
import Core
import Database

/// The append-only map from (dimension, natural key, version start) to surrogate key, and to the
/// durable key that all versions of a member share.
///
/// What is known of members is learnt for many of them at a time, what is new is noted for many at
/// a time.
struct SurrogateKeys {
  /// The version start of dimensions without history.
  static let always = ""

  private struct Known {
    var start: String
    var surrogate: Int64
    var durable: Int64
  }

  private let dimension: String
  private let load: LoadContext
  private let asked: GatheredRows
  private let noted: GatheredRows
  /// What is known of the members that were learnt last, in order of start and surrogate key.
  private var known: [String: [Known]] = [:]
  /// The surrogate keys among them that a row of the dimension has.
  private var stored: Set<Int64> = []
  /// Those of before that this load gave to rows again.
  private var reused: Set<Int64> = []
  private var nextSurrogate: Int64?
  private var nextDurable: Int64 = 1

  /// `dimension` is a table of the warehouse. No query may be half read meanwhile.
  init(_ dimension: String, _ load: LoadContext) throws(Fault) {
    self.dimension = dimension
    self.load = load
    asked = try GatheredRows("_asked", ["natural_key"], from: "_keys", load)
    noted = try GatheredRows("_noted", Self.columns, from: "_keys", load)
  }

  private static let columns = [
    "dimension", "natural_key", "valid_from", "surrogate", "durable",
  ]

  /// Learns what is known of the members with these natural keys, each given once; what was learnt
  /// before is forgotten.
  mutating func learn(_ naturalKeys: some Sequence<String>) throws(Fault) {
    known.removeAll(keepingCapacity: true)
    stored.removeAll(keepingCapacity: true)
    try asked.empty()
    for key in naturalKeys { try asked.add([.string(key)]) }
    guard asked.count > 0 else { return }
    try asked.flush()
    let surrogate = load.quoted(DimensionColumns.surrogate(of: dimension))
    let rows = try load.database.cursor(
      """
      SELECT k.natural_key, k.valid_from, k.surrogate, k.durable, d.\(surrogate)
      FROM \(asked.name) AS a \(load.dialect.joinFromFew) _keys AS k
        ON k.dimension = $1 AND k.natural_key = a.natural_key
      LEFT JOIN \(load.quoted(dimension)) AS d ON d.\(surrogate) = k.surrogate
      """, [.string(dimension)])
    while let row = try rows.next() {
      guard case .string(let key) = row[0], case .string(let start) = row[1],
        case .integer(let surrogate) = row[2], case .integer(let durable) = row[3]
      else { continue }
      known[key, default: []].append(Known(start: start, surrogate: surrogate, durable: durable))
      if row[4] != .null { stored.insert(surrogate) }
    }
    for key in known.keys {
      known[key]?.sort { ($0.start, $0.surrogate) < ($1.start, $1.surrogate) }
    }
  }

  /// Forgets that a row has `surrogate`, which is taken away.
  mutating func leave(_ surrogate: Int64) { stored.remove(surrogate) }

  /// The surrogate key for the version of a learnt member that starts then: the latest that
  /// versions with this start have had, if no row has it and it is none of `taken`, else one that
  /// no version has had.
  mutating func surrogate(
    of naturalKey: String, from start: String, besides taken: Set<Int64> = []
  ) throws(Fault) -> Int64 {
    let had = known[naturalKey]?.last { $0.start == start && !taken.contains($0.surrogate) }
    guard let found = had?.surrogate, !stored.contains(found), !reused.contains(found) else {
      try readLimits()
      defer { nextSurrogate = nextSurrogate.map { $0 + 1 } }
      return nextSurrogate ?? 1
    }
    reused.insert(found)
    return found
  }

  /// Whether the dimension has a version of a learnt member.
  func isThere(_ naturalKey: String) -> Bool {
    known[naturalKey]?.contains { stored.contains($0.surrogate) } ?? false
  }

  /// The key of a learnt member for ever; nil when it has never been seen.
  func durable(_ naturalKey: String) -> Int64? { known[naturalKey]?.first?.durable }

  /// A durable key that no member has had.
  mutating func makeDurable() throws(Fault) -> Int64 {
    try readLimits()
    defer { nextDurable += 1 }
    return nextDurable
  }

  /// Notes that the version from `start` has `surrogate`.
  mutating func note(
    _ surrogate: Int64, durable: Int64, of naturalKey: String, from start: String
  ) throws(Fault) {
    if known[naturalKey] == nil {
      known[naturalKey] = [Known(start: start, surrogate: surrogate, durable: durable)]
    }
    try noted.add([
      .string(dimension), .string(naturalKey), .string(start), .integer(surrogate),
      .integer(durable),
    ])
  }

  /// Has all that was noted stand in the map.
  func write() throws(Fault) {
    guard noted.count > 0 else { return }
    try noted.flush()
    let columns = Self.columns.joined(separator: ", ")
    try load.database.run(
      "INSERT INTO _keys (\(columns)) SELECT \(columns) FROM \(noted.name) WHERE true "
        + "ON CONFLICT DO NOTHING")
    try noted.empty()
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
