import Columnar
import Core
import Database

/// Rows that are gathered in a table of the session's own, so that one statement applies them all:
/// a server is asked as often for a million of them as for one.
final class GatheredRows {
  /// The table's name as an identifier.
  let name: String
  /// How many were gathered since the table was last emptied.
  private(set) var count = 0

  private let table: String
  private let columns: [String]
  private let database: any LoadingConnection
  private var pending: [[Scalar]] = []

  /// So many rows are kept in memory at most.
  private static let pendingLimit = 8_192

  /// Makes the table `table`, empty, with these columns, each of the type that its SQL has of a row
  /// `t` of `source`. No query may be half read meanwhile.
  init(
    _ table: String, _ columns: [(name: String, of: String)], from source: String,
    _ load: LoadContext
  ) throws(Fault) {
    self.table = table
    self.columns = columns.map(\.name)
    database = load.database
    name = load.quoted(table)
    let list = columns.map { "\($0.of) AS \(load.quoted($0.name))" }.joined(separator: ", ")
    try database.execute(
      "DROP TABLE IF EXISTS \(name); "
        + "CREATE TEMP TABLE \(name) AS SELECT \(list) FROM \(load.quoted(source)) AS t WHERE false"
    )
  }

  /// The same with columns of `source` under their own names.
  convenience init(
    _ table: String, _ columns: [String], from source: String, _ load: LoadContext
  ) throws(Fault) {
    try self.init(
      table, columns.map { (name: $0, of: "t.\(load.quoted($0))") }, from: source, load)
  }

  func add(_ row: [Scalar]) throws(Fault) {
    pending.append(row)
    count += 1
    if pending.count >= Self.pendingLimit { try flush() }
  }

  /// Has all rows that were gathered stand in the table.
  func flush() throws(Fault) {
    guard !pending.isEmpty else { return }
    try database.insert(pending, into: table, columns)
    pending.removeAll(keepingCapacity: true)
  }

  /// Forgets all rows.
  func empty() throws(Fault) {
    guard count > 0 else { return }
    pending.removeAll(keepingCapacity: true)
    count = 0
    try database.execute(database.dialect.emptying(table))
  }
}
