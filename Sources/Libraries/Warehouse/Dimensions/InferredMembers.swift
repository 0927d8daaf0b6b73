import Columnar
import Core
import Database

/// Members of a dimension that facts named before the dimension knew them: a row with a surrogate
/// key for ever, the natural key, and nothing else. The true row, when it comes, takes its place
/// and keeps its surrogate key.
struct InferredMembers {
  /// Part of the loader's own tables: since when which members wait for their true rows.
  static let table = """
    CREATE TABLE IF NOT EXISTS _inferred_members (
      dimension TEXT NOT NULL, surrogate BIGINT NOT NULL, natural_key TEXT NOT NULL,
      inferred_at TEXT NOT NULL, PRIMARY KEY (dimension, surrogate));
    """
  /// After so many days it is told that a member still waits.
  static let patience = 30

  private let dimension: String
  private let load: LoadContext
  private let table: String
  private let surrogate: String
  private let columns: [TableColumn]
  private var database: any LoadingConnection { load.database }

  /// `dimension` is a table of the warehouse.
  init(_ dimension: String, _ load: LoadContext) throws(Fault) {
    self.dimension = dimension
    self.load = load
    table = load.quoted(dimension)
    surrogate = load.quoted(DimensionColumns.surrogate(of: dimension))
    columns = try load.database.columns(of: dimension)
  }

  /// Whether the dimension can have such members: one whose members are all given cannot.
  var arePossible: Bool { columns.contains { $0.name == "is_inferred" } }

  private var hasHistory: Bool { columns.contains { $0.name == "valid_from" } }

  /// Makes members with these natural keys, each a text as `naturalKey` writes it; `key` are the
  /// natural key's columns. Gives their surrogate keys.
  func make(_ naturalKeys: [String], key: [String]) throws(Fault) -> [Int64] {
    let start = hasHistory ? MemberVersion.startText : SurrogateKeys.always
    var keys = try SurrogateKeys(dimension, load)
    let rows = try GatheredRows("_inferred", made(key), from: dimension, load)
    try keys.learn(naturalKeys)
    var surrogates: [Int64] = []
    for natural in naturalKeys {
      let number = try keys.surrogate(of: natural, from: start)
      let durable = if let old = keys.durable(natural) { old } else { try keys.makeDurable() }
      try keys.note(number, durable: durable, of: natural, from: start)
      let parts = natural.split(separator: "\u{1F}", omittingEmptySubsequences: false)
      let values = zip(key, parts).map { name, part in value(String(part), in: name) }
      try rows.add([.integer(number), .integer(durable)] + values)
      surrogates.append(number)
    }
    try rows.flush()
    try database.run(insertion(key, rows))
    try keys.write()
    try forget(rows)
    let now = Scalar.string(ValueText.text(instant: load.clock.now))
    try database.insert(
      zip(surrogates, naturalKeys).map { [.string(dimension), .integer($0), .string($1), now] },
      into: "_inferred_members", ["dimension", "surrogate", "natural_key", "inferred_at"])
    return surrogates
  }

  /// What is told of a member that is made: its keys, and the columns of its natural key.
  private func made(_ key: [String]) -> [(name: String, of: String)] {
    let durable = DimensionColumns.durable(beside: DimensionColumns.surrogate(of: dimension))
    return [("_surrogate", "t.\(surrogate)"), ("_durable", "t.\(load.quoted(durable))")]
      + key.map { ($0, "t.\(load.quoted($0))") }
  }

  /// The statement that copies the unknown member, which has a value wherever one is required,
  /// under the keys of `rows` and without what it says of itself.
  private func insertion(_ key: [String], _ rows: GatheredRows) -> String {
    let surrogate = DimensionColumns.surrogate(of: dimension)
    let durable = DimensionColumns.durable(beside: surrogate)
    let values = columns.map { column -> String in
      if column.name == surrogate { return "i._surrogate" }
      if column.name == durable { return "i._durable" }
      if key.contains(column.name) { return "i.\(load.quoted(column.name))" }
      if column.name == "is_inferred" { return "TRUE" }
      return column.isNullable ? "NULL" : "u.\(load.quoted(column.name))"
    }
    return """
      INSERT INTO \(table) (\(columns.map { load.quoted($0.name) }.joined(separator: ", ")))
      SELECT \(values.joined(separator: ", "))
      FROM \(rows.name) AS i \(load.dialect.joinFromFew) \(table) AS u
        ON u.\(self.surrogate) = \(ReservedKey.unknown)
      """
  }

  private func value(_ text: String, in name: String) -> Scalar {
    switch columns.first(where: { $0.name == name })?.type {
    case .tinyint, .smallint, .int, .bigint, .boolean: Int64(text).map { .integer($0) } ?? .null
    default: .string(text)
    }
  }
}

extension InferredMembers {
  /// Lets the true rows in `staged` fill the members that were inferred: these begin where the
  /// first delivered version begins, and are inferred no more, so that the load finds them as its
  /// own.
  func adopt(from staged: String, key: [String]) throws(Fault) {
    guard arePossible,
      try database.integer("SELECT EXISTS (SELECT 1 FROM \(table) WHERE is_inferred)") == 1
    else { return }
    let names = key.map { "s.\(load.quoted($0))" }.joined(separator: ", ")
    let starts = hasHistory ? "min(s.valid_from)" : database.dialect.literal(SurrogateKeys.always)
    let isVersion = hasHistory ? "WHERE s.valid_from IS DISTINCT FROM s.valid_to" : ""
    let isSame = key.map { "n.\(load.quoted($0)) = d.\(load.quoted($0))" }
    let durable = DimensionColumns.durable(beside: DimensionColumns.surrogate(of: dimension))
    let found = try database.rows(
      """
      SELECT d.\(surrogate), d.\(load.quoted(durable)), n.starts,
             \(naturalKey(key, of: "d", database.dialect))
      FROM \(table) AS d
      JOIN (SELECT \(names), \(starts) AS starts FROM \(load.quoted(staged)) AS s \(isVersion)
            GROUP BY \(names)) AS n ON \(isSame.joined(separator: " AND "))
      WHERE d.is_inferred
      """)
    if found.isEmpty { return }
    let update = hasHistory ? ", valid_from = a.starts" : ""
    let rows = try GatheredRows("_adopted", adopted, from: dimension, load)
    var keys = try SurrogateKeys(dimension, load)
    for row in found {
      guard case .integer(let number) = row[0], case .integer(let durable) = row[1],
        case .string(let natural) = row[3]
      else { continue }
      let start = row[2].moment.map { startText($0.microseconds) } ?? SurrogateKeys.always
      try keys.note(number, durable: durable, of: natural, from: start)
      try rows.add(hasHistory ? [row[0], .string(start)] : [row[0]])
    }
    try rows.flush()
    try database.run(
      "UPDATE \(table) SET is_inferred = FALSE\(update) FROM \(rows.name) AS a "
        + "WHERE \(table).\(surrogate) = a._surrogate")
    try keys.write()
    try forget(rows)
  }

  /// What is told of an inferred member that is filled: its key, and when it begins.
  private var adopted: [(name: String, of: String)] {
    [("_surrogate", "t.\(surrogate)")] + (hasHistory ? [("starts", "t.valid_from")] : [])
  }

  /// Notes that the members of `rows` wait no more.
  private func forget(_ rows: GatheredRows) throws(Fault) {
    try database.run(
      "DELETE FROM _inferred_members WHERE dimension = $1 "
        + "AND surrogate IN (SELECT _surrogate FROM \(rows.name))", [.string(dimension)])
  }

  /// FROM and WHERE of the members that wait, as `i`.
  var waiting: String {
    "FROM _inferred_members AS i JOIN \(table) AS d ON d.\(surrogate) = i.surrogate "
      + "WHERE i.dimension = \(database.dialect.literal(dimension)) AND d.is_inferred"
  }

  /// Those of each dimension of a warehouse that is only read; none where it was never loaded.
  static func all(in database: any LoadingConnection) throws(Fault) -> [InferredMembers] {
    guard try database.hasTable("_inferred_members") else { return [] }
    let names = try database.rows(
      "SELECT DISTINCT dimension FROM _inferred_members ORDER BY dimension")
    var found: [InferredMembers] = []
    for row in names {
      guard case .string(let name) = row[0] else { continue }
      let members = try InferredMembers(name, LoadContext(reading: database))
      if members.arePossible { found.append(members) }
    }
    return found
  }

  /// How many wait longer than they should.
  func agedCount() throws(Fault) -> Int {
    guard arePossible, let first = load.clock.now.date.adding(days: -Self.patience) else {
      return 0
    }
    return try database.integer(
      "SELECT count(*) \(waiting) AND i.inferred_at < \(database.dialect.literal("\(first)"))")
  }
}
