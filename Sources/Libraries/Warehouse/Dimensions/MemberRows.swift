import Columnar
import Core
import Database

/// A member with its versions, delivered or stored.
struct Member {
  /// The natural key as one text.
  var key: String
  /// The natural key's columns.
  var keyValues: [Scalar]
  var versions: [MemberVersion]
  /// The versions' surrogate keys; empty for a delivered member.
  var surrogates: [Int64] = []

  /// The stored versions in time order.
  var storedVersions: [StoredVersion] {
    zip(surrogates, versions).map { StoredVersion(surrogate: $0, version: $1) }
      .sorted { $0.version.from < $1.version.from }
  }
}

/// The rows of a staging table or dimension in order of their natural keys, a member at a time.
final class MemberRows {
  private let rows: any RowCursor
  private let keyCount: Int
  private let trackedCount: Int
  private let isStored: Bool
  private let place: Place
  private var pending: [Scalar]?
  /// So many columns stand before those of the key: its text, the interval, and what is made.
  private static let madeCount = 5

  init(
    _ loader: DimensionLoader, _ source: String, _ tracked: [String], _ untracked: [String],
    isStored: Bool
  ) throws(Fault) {
    self.isStored = isStored
    keyCount = loader.table.key.count
    trackedCount = tracked.count
    place = loader.table.place
    let quoted = loader.load.quoted
    let surrogate = quoted(loader.dimension.surrogateColumn)
    let made = isStored ? ["t.\(surrogate)", "t.is_deleted"] : ["0", "false"]
    let dialect = loader.load.dialect
    let natural = naturalKey(loader.table.key, of: "t", dialect)
    let columns =
      ["\(natural) AS natural_key", "t.valid_from", "t.valid_to"] + made
      + (loader.table.key + tracked + untracked).map { "t.\(quoted($0))" }
    // Ordered by an expression, so that the rows are gathered before the first one is given: the
    // table may be changed while they are read.
    rows = try loader.load.database.cursor(
      "SELECT \(columns.joined(separator: ", ")) FROM \(quoted(source)) AS t "
        + (isStored ? "WHERE t.\(surrogate) > 0 AND NOT t.is_inferred " : "")
        + "ORDER BY \(dialect.inByteOrder(natural))")
    pending = try rows.next()
  }

  func nextMember() throws(Fault) -> Member? {
    guard let first = pending, case .string(let key) = first[0] else { return nil }
    var member = Member(
      key: key, keyValues: Array(first[MemberRows.madeCount..<(MemberRows.madeCount + keyCount)]),
      versions: [])
    while let row = pending, row[0] == first[0] {
      member.versions.append(try version(row))
      if isStored, case .integer(let surrogate) = row[3] { member.surrogates.append(surrogate) }
      pending = try rows.next()
    }
    return member
  }

  private func version(_ row: [Scalar]) throws(Fault) -> MemberVersion {
    let attributes = MemberRows.madeCount + keyCount
    guard let from = moment(row[1]) else {
      throw Fault(
        .verdict, at: place, "a version of \(plain(row[0])) has no valid_from",
        remedy: "give every version its start")
    }
    return MemberVersion(
      from: from, to: moment(row[2]) ?? MemberVersion.open,
      tracked: Array(row[attributes..<(attributes + trackedCount)]),
      untracked: Array(row[(attributes + trackedCount)...]), isDeleted: row[4].isTrue)
  }

  private func moment(_ value: Scalar) -> Int64? {
    value.moment?.microseconds
  }
}
