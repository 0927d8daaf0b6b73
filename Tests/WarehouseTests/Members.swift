import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// One dimension with history and all kinds of columns, loaded from versions, in memory.
final class Members {
  let database: SQLiteConnection
  let place = Place("jobs/warehouse/dim_member.sql")
  private(set) var table: WarehouseTable
  private(set) var runCount = 0
  /// What every dimension of these tests says of its columns: `born` is kept, `tier` overwritten
  /// in all versions, `phone` in the current one, `city` tracked.
  static let types = [
    "dimension": "scd2", "key": "id", "track": "city", "keep": "born", "overwrite": "tier, phone",
    "scope.phone": "current", "previous_key": "old_id",
  ]

  init(_ properties: [String: String] = [:], in database: SQLiteConnection? = nil) throws {
    self.database = try database ?? SQLiteConnection(":memory:", .create)
    table = try Members.table(properties, at: place)
  }

  static let schema = Schema([
    Field("id", .string), Field("old_id", .string), Field("born", .string), Field("city", .string),
    Field("tier", .string), Field("phone", .string), Field("valid_from", .timestamp),
    Field("valid_to", .timestamp),
  ])

  private static func table(
    _ properties: [String: String], at place: Place
  ) throws -> WarehouseTable {
    try WarehouseTable(
      "dim_member", properties: types.merging(properties) { $1 }, schema: schema, at: place)
  }

  /// Describes the dimension in another way from now on.
  func describe(_ properties: [String: String]) throws {
    table = try Members.table(properties, at: place)
  }

  /// Loads these versions, all that there are, in a run of its own on a day of the clock.
  @discardableResult
  func load(
    _ versions: [PlainVersion], day: Int64 = 0, endsAbsent: Bool = false, batchSize: Int = 1_024,
    absence: MemberAbsence = .untold
  ) throws -> LoadOutcome {
    runCount += 1
    let load = WarehouseLoad(
      into: database, run: "run \(runCount)", Clock(now: at(day)), siteKey: nil,
      endsAbsentMembers: endsAbsent)
    let outcome = try load.load(
      table, from: source(Members.schema, versions.map(\.row), batchSize), absence: absence,
      inputs: "\(runCount)")
    try load.commit()
    return outcome
  }

  /// A version of a member; days for moments.
  static func version(
    _ id: String, _ from: Int64, _ to: Int64? = nil, city: String? = nil, tier: String? = nil,
    phone: String? = nil, born: String? = nil, oldID: String? = nil
  ) -> PlainVersion {
    PlainVersion(id: id, values: [oldID, born, city, tier, phone], from: from, to: to)
  }

  // MARK: Looking

  /// The values of a query as text, a row a line.
  func text(_ sql: String) throws -> [String] {
    try database.rows(sql).map { row in row.map(word).joined(separator: " ") }
  }

  /// The versions: key, what it holds, the days in which it held, and marks for the current one and
  /// for one that tells of a delete.
  func versions() throws -> [String] { try text(Members.select("FROM dim_member")) }

  /// The versions as they were known on a day.
  func versions(asKnownOn day: Int64) throws -> [String] {
    let moment = ValueText.text(instant: at(day))
    return try text(
      Members.select(
        "FROM dim_member_as_known WHERE known_from <= '\(moment)' AND '\(moment)' < known_to"))
  }

  private static func select(_ from: String) -> String {
    """
    SELECT id, born, city, tier, phone, day(valid_from), day(valid_to),
      CASE WHEN is_current THEN 'current' ELSE '' END
        || CASE WHEN is_deleted THEN ' deleted' ELSE '' END
    FROM (SELECT * \(from)) WHERE member_key > 0 ORDER BY id, valid_from
    """.replacing(/day\((\w+)\)/) {
      "CASE WHEN \($0.output.1) LIKE '9999%' THEN '' ELSE "
        + "CAST(round(julianday(\($0.output.1)) - 2440587.5) AS INTEGER) END"
    }
  }

  /// The surrogate key of each version, by key and start.
  func keys() throws -> [String] {
    try text(
      "SELECT id, valid_from, member_key, member_durable_key FROM dim_member "
        + "WHERE member_key > 0 ORDER BY 1, 2")
  }

  private func word(_ value: Scalar) -> String {
    switch value {
    case .null: "-"
    case .string(let text): text
    case .integer(let number): "\(number)"
    default: "\(value)"
    }
  }
}

extension PlainVersion {
  /// The row that a job's SELECT gives.
  var row: [Scalar] {
    ([id] + values).map { $0.map { .string($0) } ?? .null }
      + [.timestamp(at(from)), to.map { .timestamp(at($0)) } ?? .null]
  }
}
