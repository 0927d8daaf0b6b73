import Columnar
import Core
import Database

/// Loads one dimension: stages what is delivered, applies the differences.
struct DimensionLoader {
  let table: WarehouseTable
  let dimension: WarehouseTable.Dimension
  let load: LoadContext

  init(_ table: WarehouseTable, _ dimension: WarehouseTable.Dimension, _ load: LoadContext) {
    self.table = table
    self.dimension = dimension
    self.load = load
  }

  /// Tells what it did, and of which members the facts must be mended.
  func load(
    _ rows: any BatchSource, _ absence: MemberAbsence
  ) throws -> (LoadOutcome, ChangedMembers) {
    let moved = try DimensionForm(self).settle()
    let (staging, content) = try stage(rows)
    try staging.checkNoNulls()
    try checkNotEmpty(content)
    try DimensionPolicy.note(dimension.onUnknown, of: table.name, load)
    try InferredMembers(table.name, load).adopt(from: staging.name, key: table.key)
    let check = try DimensionCheck(self)
    var outcome = LoadOutcome()
    outcome.delivered = content.rowCount
    outcome.digest = content.digest
    var changed: ChangedMembers
    switch dimension.history {
    case .scd2: changed = try HistoryDimension(self, staging, absence).apply(&outcome)
    case .scd1, .fixed: changed = try OverwrittenDimension(self, staging).apply(&outcome)
    }
    outcome.updated += try KeyLinks(self).settle()
    changed.moved.merge(moved) { new, _ in new }
    try ReservedMembers(self).write()
    try check.run(outcome, changed)
    return (outcome, changed)
  }

  /// The attributes beside the natural key and what the loader makes itself.
  var attributes: [String] {
    table.schema.names.filter {
      !table.key.contains($0) && !isInterval($0) && $0 != dimension.surrogateColumn
    }
  }

  /// Whether `name` is one of the columns that bound a version.
  func isInterval(_ name: String) -> Bool {
    dimension.history == .scd2 && (name == "valid_from" || name == "valid_to")
  }

  private func stage(_ rows: any BatchSource) throws -> (Staging, FeedDigest) {
    let key = dimension.history == .scd2 ? table.key + ["valid_from"] : table.key
    let staging = try Staging(table, table.schema, of: load)
    var content = FeedDigest(
      table.schema, keys: key.compactMap { table.schema.index(of: $0) },
      hashLimit: Staging.hashLimit)
    let hashing = try ColumnHashing(dimension.hashed, table, load)
    try staging.append {
      guard let batch = try rows.next() else { return nil }
      guard batch.schema.names == table.schema.names else {
        throw Fault(
          .internal, at: table.place, "the delivered columns are not those declared",
          remedy: "report it")
      }
      let hashed = hashing.apply(to: batch)
      content.add(hashed)
      return hashed
    }
    if dimension.history != .scd2, content.mayRepeatKeys {
      try staging.checkKeys()
    }
    return (staging, content)
  }

  /// A delivery of nothing at all is an accident, not the end of every member.
  private func checkNotEmpty(_ content: FeedDigest) throws(Fault) {
    guard content.rowCount == 0 else { return }
    let isOwn = dimension.history == .fixed ? "" : " AND NOT is_inferred"
    let stored = try load.database.integer(
      "SELECT count(*) FROM \(load.quoted(table.name)) "
        + "WHERE \(table.realRows(load.dialect))\(isOwn)")
    guard stored > 0 else { return }
    throw Fault(
      .verdict, at: table.place,
      "\(table.name): no rows were delivered where \(stored) are stored",
      remedy: "check the tables that the job reads")
  }
}

/// Members whose lookups may now give another surrogate key.
struct ChangedMembers {
  /// Natural key by surrogate key of versions that hold in another interval than before, or no
  /// more.
  var moved: [Int64: String] = [:]
  /// Whether there are members that were not there before.
  var hasNewMembers = false
  /// The natural keys of members of which a row changed; nil when there are too many to name.
  private(set) var touched: [[Scalar]]? = []

  /// So many members are named at most.
  private static let touchedLimit = 1_000

  mutating func touch(_ key: [Scalar]) {
    touched?.append(key)
    if touched?.count ?? 0 > ChangedMembers.touchedLimit { touched = nil }
  }

  var isEmpty: Bool { moved.isEmpty && !hasNewMembers }
}

/// Replaces columns by HMAC-SHA256 of their text under the site's key, in hexadecimal digits.
private struct ColumnHashing {
  private let positions: [Int]
  private let siteKey: [UInt8]

  init(_ columns: [String], _ table: WarehouseTable, _ load: LoadContext) throws(Fault) {
    positions = columns.compactMap { table.schema.index(of: $0) }
    siteKey = positions.isEmpty ? [] : try HashKeys.key(for: columns, of: table, load)
  }

  func apply(to batch: Batch) -> Batch {
    guard !positions.isEmpty else { return batch }
    var columns = batch.columns
    for position in positions { columns[position] = hashed(columns[position]) }
    return Batch(batch.schema, columns, rowCount: batch.rowCount)
  }

  private func hashed(_ column: Column) -> Column {
    let builder = ColumnBuilder(.string, capacity: column.count)
    for row in 0..<column.count {
      guard case .string(let text) = column.scalar(at: row) else {
        builder.appendNull()
        continue
      }
      builder.append(bytes: hexText(SHA256.keyed(siteKey, [UInt8](text.utf8))).utf8)
    }
    return builder.finish()
  }
}
