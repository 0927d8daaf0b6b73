import Columnar
import Core
import Database

/// Proves before the commit that the stored rows are the delivered ones: their number, and the sum
/// of each decimal column to its last digit. SQLite keeps decimals as doubles; this shows that none
/// lost anything.
struct FactProof {
  private let loader: FactLoader
  private let staging: Staging
  private let content: FeedDigest

  init(_ loader: FactLoader, _ staging: Staging, _ content: FeedDigest) {
    self.loader = loader
    self.staging = staging
    self.content = content
  }

  /// `.internal` when something differs. Without a `condition` the stored rows are those of the
  /// delivered grains.
  func check(_ condition: String?) throws(Fault) {
    let load = loader.load
    let source =
      condition.map { "\(loader.name) AS f WHERE \(loader.isThere) AND (\($0))" }
      ?? "\(load.quoted(staging.name)) AS s \(load.dialect.joinFromFew) \(loader.name) AS f "
      + "ON \(loader.isStoredAs(staging))"
    let decimals = decimalColumns
    let sums = decimals.map { column in
      "sum(\(load.dialect.units("f.\(load.quoted(column.name))", scale: column.scale)))"
    }
    let stored = try load.database.rows(
      "SELECT \((["count(*)"] + sums).joined(separator: ", ")) FROM \(source)")[0]
    try check("rows", Int128(content.rowCount), stored[0])
    for (column, sum) in zip(decimals, stored.dropFirst()) {
      try check("units of \(column.name)", column.delivered, sum)
    }
  }

  private var decimalColumns: [(name: String, scale: Int, delivered: Int128)] {
    loader.fact.stored.compactMap { field in
      guard field.type.isDecimal, !Milestones(loader).isMilestone(field.name),
        let position = staging.schema.index(of: field.name),
        let sum = content.sums[position]
      else { return nil }
      return (field.name, field.type.scale, sum)
    }
  }

  private func check(_ what: String, _ delivered: Int128, _ stored: Scalar) throws(Fault) {
    let found: Int128 =
      switch stored {
      case .integer(let value): Int128(value)
      case .decimal(let value): value.unscaled
      default: 0
      }
    guard found != delivered else { return }
    throw Fault(
      .internal, at: loader.table.place,
      "\(loader.table.name) would hold \(found) \(what) where \(delivered) were delivered",
      remedy: "nothing was changed; report it")
  }
}
