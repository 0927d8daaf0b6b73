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
  private let order: String
  private let one: any Statement

  /// `.configuration` when `dimension` is not in the warehouse.
  init(_ dimension: String, _ load: LoadContext, for place: Place) throws(Fault) {
    let shape = try DimensionShape(dimension, load, for: place)
    let surrogate = "t.\(load.quoted(shape.surrogate))"
    let start = shape.hasHistory ? "t.valid_from" : "NULL"
    let key = shape.key.map { "t.\(load.quoted($0))" }
    database = load.database
    select =
      "SELECT \(naturalKey(shape.key, of: "t", load.dialect)), \(start), \(surrogate) "
      + "FROM \(load.quoted(dimension)) AS t WHERE \(surrogate) > 0"
    order = shape.hasHistory ? " ORDER BY \(key.joined(separator: ", ")), t.valid_from" : ""
    let isKey = key.enumerated().map { " AND \($0.element) = $\($0.offset + 1)" }
    one = try database.prepare(select + isKey.joined())
  }

  /// All versions, those of a member one after the other; for `version(_:)`.
  func allVersions() throws(Fault) -> any RowCursor { try database.cursor(select + order) }

  /// The versions of the member with this natural key; none when there is no such member.
  func versions(of key: [Scalar]) throws(Fault) -> [Version] {
    // A moment stands as text there.
    let texts = key.map { value in
      if case .timestamp(let moment) = value {
        Scalar.string(ValueText.text(instant: moment))
      } else {
        value
      }
    }
    return try one.rows(texts).compactMap { row in
      guard case .integer(let surrogate) = row[2] else { return nil }
      return Version(start: row[1].moment?.microseconds ?? Int64.min, surrogate: surrogate)
    }
  }

  /// The version in the current row of `allVersions`.
  static func version(_ rows: any RowCursor) -> Version {
    Version(
      start: Timestamp(parsing: rows.bytes(1))?.microseconds ?? Int64.min,
      surrogate: rows.integer(2) ?? ReservedKey.unknown)
  }
}
