import Columnar
import Core
import Database

/// A stored dimension as lookups read it: by its natural key's index, which holds all they need.
struct LookupTable {
  /// When a version begins, and its surrogate key.
  struct Version {
    var start: Int64
    var surrogate: Int64
  }

  private let database: any LoadingConnection
  private let select: String
  private let isReal: String
  private let order: String
  private let one: any Statement
  /// The columns of the natural key, and SQL that holds for the rows of one that is sought.
  private let key: [String]
  private let isSought: String
  private let name: String
  private let load: LoadContext

  /// `.configuration` when `dimension` is not in the warehouse.
  init(_ dimension: String, _ load: LoadContext, for place: Place) throws(Fault) {
    let shape = try DimensionShape(dimension, load, for: place)
    let surrogate = "t.\(load.quoted(shape.surrogate))"
    let start = shape.hasHistory ? "t.valid_from" : "NULL"
    let key = shape.key.map { "t.\(load.quoted($0))" }
    self.key = shape.key
    self.load = load
    name = dimension
    isSought = shape.key.map { "t.\(load.quoted($0)) = s.\(load.quoted($0))" }
      .joined(separator: " AND ")
    database = load.database
    select =
      "SELECT \(naturalKey(shape.key, of: "t", load.dialect)), \(start), \(surrogate) "
      + "FROM \(load.quoted(dimension)) AS t"
    isReal = "WHERE \(surrogate) > 0"
    order = shape.hasHistory ? " ORDER BY \(key.joined(separator: ", ")), t.valid_from" : ""
    let isKey = key.enumerated().map { " AND \($0.element) = $\($0.offset + 1)" }
    one = try database.prepare("\(select) \(isReal)\(isKey.joined())")
  }

  /// All versions, those of a member one after the other; for `version(_:)`.
  func allVersions() throws(Fault) -> any RowCursor {
    try database.cursor("\(select) \(isReal)\(order)")
  }

  /// The versions of the member with this natural key; none when there is no such member.
  func versions(of key: [Scalar]) throws(Fault) -> [Version] {
    return try one.rows(key.map(stored)).compactMap { row in
      guard case .integer(let surrogate) = row[2] else { return nil }
      return Version(start: row[1].moment?.microseconds ?? Int64.min, surrogate: surrogate)
    }
  }

  /// Whether many members are better asked for in one go than one by one.
  var asksMany: Bool { database.dialect == .postgresql }

  /// The versions of the members with these natural keys; for `version(_:)`.
  func versions(ofAll keys: [[Scalar]]) throws(Fault) -> any RowCursor {
    let sought = try GatheredRows("_sought", key, from: name, load)
    for values in keys { try sought.add(values.map(stored)) }
    try sought.flush()
    return try database.cursor("\(select) JOIN \(sought.name) AS s ON \(isSought) \(isReal)")
  }

  /// A value as it is asked for: a moment stands as text there.
  private func stored(_ value: Scalar) -> Scalar {
    guard case .timestamp(let moment) = value else { return value }
    return .string(ValueText.text(instant: moment))
  }

  /// The version in the current row of `allVersions`.
  static func version(_ rows: any RowCursor) -> Version {
    Version(
      start: Timestamp(parsing: rows.bytes(1))?.microseconds ?? Int64.min,
      surrogate: rows.integer(2) ?? ReservedKey.unknown)
  }
}
