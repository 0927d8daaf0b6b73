import Columnar
import Core
import Database
import PostgreSQL

/// How the types of a server are written, by their OIDs: domains as what they are made of.
struct TypeForms {
  /// What a domain is made of, and an array's elements are.
  private var inner: [UInt32: (of: UInt32, isArray: Bool)] = [:]
  private let hasCents: Bool

  /// The types that `connection` knows. It must not yet have been told how to write money: how it
  /// is kept depends on the server's own setting.
  init(_ connection: PostgreSQLConnection) throws(Fault) {
    let one = try connection.rows("SELECT cash_send(1::numeric::money)")
    hasCents = one.first?.first == .binary([0, 0, 0, 0, 0, 0, 0, 100])
    let rows = try connection.rows(
      """
      SELECT oid::int8, CASE typtype WHEN 'd' THEN typbasetype ELSE typelem END::int8,
        typtype <> 'd'
      FROM pg_type WHERE typtype = 'd' OR typcategory = 'A' AND typelem <> 0
      """)
    for row in rows {
      guard case .integer(let type) = row[0], case .integer(let of) = row[1],
        case .boolean(let isArray) = row[2]
      else { continue }
      inner[UInt32(truncatingIfNeeded: type)] = (UInt32(truncatingIfNeeded: of), isArray)
    }
  }

  /// The form of values of `type`; arrays stand as the server spells them.
  func form(of type: UInt32) -> TextForm {
    switch plain(type) {
    case Self.boolean: .truth
    case Self.bytes: .bytes
    case Self.money: .money
    case Self.date, Self.timestamp, Self.timestampWithZone: .time
    default: .asIs
    }
  }

  /// The type that a value of `type` should be cast to, since it cannot be kept as it is; nil for
  /// one that can.
  func refuge(for type: UInt32) -> String? {
    var type = plain(type)
    while let (element, isArray) = inner[type], isArray { type = plain(element) }
    if type == Self.money { return hasCents ? nil : "numeric" }
    return Self.references.contains(type) ? "oid" : nil
  }

  private func plain(_ type: UInt32) -> UInt32 {
    var type = type
    while let (of, isArray) = inner[type], !isArray { type = of }
    return type
  }

  private static let boolean: UInt32 = 16
  private static let bytes: UInt32 = 17
  private static let money: UInt32 = 790
  private static let date: UInt32 = 1_082
  private static let timestamp: UInt32 = 1_114
  private static let timestampWithZone: UInt32 = 1_184
  /// Numbers of things in the catalog, which are spelled by the names that these have when they are
  /// read: `regproc`, `regclass`, `regtype` and the like.
  private static let references: Set<UInt32> = [
    24, 2_202, 2_203, 2_204, 2_205, 2_206, 3_734, 3_769, 4_089, 4_096, 4_191,
  ]
}
