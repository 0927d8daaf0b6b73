import Columnar
import Core
import Database

/// The view `<fact>_cents` beside a fact with decimals: its columns, and each decimal as a whole
/// number of its last digit's units, so that plain SQL sums it exactly.
///
/// A `net_amount` of scale 2 is `net_amount_cents` there; of another scale n, `quantity_e3`.
struct CentsView {
  private let loader: FactLoader
  private var load: LoadContext { loader.load }
  private var name: String { "\(loader.table.name)_cents" }

  init(_ loader: FactLoader) { self.loader = loader }

  /// Makes the view, or makes it anew where the fact has other columns than it shows. A table of
  /// this name is somebody's own.
  func make() throws(Fault) {
    let found = try load.database.relation(name)
    if found?.kind == .table { return }
    let decimals = loader.fact.stored.filter { $0.type.isDecimal && $0.type.scale > 0 }
    let statement = decimals.isEmpty ? nil : text(decimals)
    if found?.statement == statement { return }
    try MaskedViews.stepAside(from: name, in: load.database)
    try load.database.execute("DROP VIEW IF EXISTS \(load.quoted(name))")
    guard let statement else { return }
    try load.database.execute(statement)
    // SQLite remembers the statement itself.
    guard load.dialect == .postgresql else { return }
    try load.database.execute(
      "COMMENT ON VIEW \(load.quoted(name)) IS \(load.dialect.literal(statement))")
  }

  private func text(_ decimals: [Field]) -> String {
    let taken = Set(loader.columns.map { $0.lowercased() })
    let units = decimals.compactMap { field -> String? in
      let mark = field.type.scale == 2 ? "cents" : "e\(field.type.scale)"
      let unit = "\(field.name)_\(mark)"
      guard !taken.contains(unit.lowercased()) else { return nil }
      let units = load.dialect.units(load.quoted(field.name), scale: field.type.scale)
      return "\(units) AS \(load.quoted(unit))"
    }
    let columns = loader.columns.map(load.quoted) + units
    return "CREATE VIEW \(load.made(name)) AS SELECT \(columns.joined(separator: ", ")) "
      + "FROM \(loader.name)"
  }
}
