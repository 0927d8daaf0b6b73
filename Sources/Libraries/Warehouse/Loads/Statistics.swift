import Columnar
import Core
import Database

/// What a server knows of its tables when it plans a query: gathered within the load, so that the
/// first question after it is planned well. SQLite asks its indexes.
struct Statistics {
  private let load: LoadContext

  init(_ load: LoadContext) { self.load = load }

  /// Gathers them for `table` when a tenth of it may be other than before, and of a parted one for
  /// the parts that the load touched.
  func refresh(_ table: String, _ outcome: LoadOutcome) throws(Fault) {
    guard load.dialect == .postgresql, outcome.isChanged else { return }
    let database = load.database
    let known = try database.integer(
      "SELECT reltuples::bigint FROM pg_class WHERE relname = $1 AND pg_table_is_visible(oid)",
      [.string(table)])
    if (outcome.inserted + outcome.updated + outcome.deleted) * 10 > known {
      return try database.execute("ANALYZE \(load.quoted(table))")
    }
    guard let partitions = try MonthPartitions(of: table, in: database) else { return }
    let column = load.quoted(partitions.column)
    let staged = try database.rows(
      "SELECT DISTINCT \(partitions.month(of: column)) FROM \(load.quoted(Staging.name(of: table)))"
    )
    let months = staged.compactMap { if case .integer(let month) = $0[0] { month } else { nil } }
    for month in try partitions.existing(among: months).sorted() {
      try database.execute("ANALYZE \(partitions.made(month))")
    }
  }
}
