import Columnar
import Core
import Database

/// What was known of a dimension before what is known now: of a dimension with two axes of time.
///
/// The dimension holds what is known now, each version with the moment since when it is known so.
/// A version that a load changes or takes away goes to `<dimension>_superseded` as it was, with the
/// moment until when it was known so. The view `<dimension>_as_known` shows both, so that
/// `known_from <= t AND t < known_to` gives the dimension as the loads until `t` had left it.
struct PastKnowledge {
  /// The moment of this load: none that a load of before had, even where the clock was set back,
  /// comes after it.
  let moment: String

  private let load: LoadContext
  private let surrogate: String
  private let statement: String

  init(_ loader: DimensionLoader) throws(Fault) {
    load = loader.load
    surrogate = load.quoted(loader.dimension.surrogateColumn)
    let form = PastKnowledgeForm(loader)
    moment = try Self.moment(form, loader)
    let columns = form.columns.map(loader.load.quoted).joined(separator: ", ")
    let literal = load.dialect.literal(moment)
    statement = """
      INSERT INTO \(load.quoted(form.table)) (\(columns), \(DimensionColumns.knownTo))
      SELECT \(columns), \(literal) FROM \(load.quoted(loader.table.name))
      WHERE \(DimensionColumns.knownFrom) < \(literal) AND \(surrogate)
      """
  }

  /// Keeps versions as they are before they are changed or taken away; `condition` is SQL behind
  /// the surrogate key. What this very load wrote was never known to anybody.
  func keep(where condition: String) throws(Fault) {
    try load.database.run("\(statement) \(condition)")
  }

  private static func moment(
    _ form: PastKnowledgeForm, _ loader: DimensionLoader
  ) throws(Fault) -> String {
    let load = loader.load
    let now = startText(load.clock.now.microseconds)
    var latest = now
    for (table, column) in [
      (loader.table.name, DimensionColumns.knownFrom), (form.table, DimensionColumns.knownTo),
    ] {
      let found = try load.database.value("SELECT max(\(column)) FROM \(load.quoted(table))")
      switch found {
      case .timestamp(let known): latest = max(latest, startText(known.microseconds))
      case .string(let text):
        if let known = Timestamp(parsing: text) {
          latest = max(latest, startText(known.microseconds))
        }
      default: break
      }
    }
    return latest
  }
}

/// The table and the view in which what was known before is found.
struct PastKnowledgeForm {
  /// Where versions as they were known before stand.
  let table: String

  private let loader: DimensionLoader
  private let view: String
  private var load: LoadContext { loader.load }

  init(_ loader: DimensionLoader) {
    self.loader = loader
    table = "\(loader.table.name)_superseded"
    view = "\(loader.table.name)_as_known"
  }

  /// The columns of a version, the moment aside until when it was known so.
  var columns: [String] {
    let dimension = loader.dimension
    return [dimension.surrogateColumn, dimension.durableColumn] + loader.table.key
      + loader.attributes + ["valid_from", "valid_to", "is_current", "is_deleted", "is_inferred"]
      + [DimensionColumns.knownFrom]
  }

  /// Takes the view away where it does not show the columns that there will be: no table can be
  /// brought to another shape while a view stands on it.
  func leaveView() throws(Fault) {
    let shown = try load.database.columns(of: view).map(\.name)
    guard !shown.isEmpty,
      !loader.dimension.hasTwoAxes || shown != columns + [DimensionColumns.knownTo]
    else { return }
    try MaskedViews.stepAside(from: view, in: load.database)
    try load.database.execute("DROP VIEW \(load.quoted(view))")
  }

  /// Makes the table and the view, or brings them to what the dimension is now.
  func settle() throws(Fault) {
    guard loader.dimension.hasTwoAxes else { return }
    let types = Dictionary(
      loader.table.schema.fields.map { ($0.name, $0.type) }, uniquingKeysWith: { $1 })
    var shape = TableShape(table)
    for column in columns + [DimensionColumns.knownTo] {
      shape.add(column, types[column] ?? type(ofMade: column))
    }
    try shape.realize(in: load.database, at: loader.table.place)
    guard try load.database.columns(of: view).isEmpty else { return }
    let list = (columns + [DimensionColumns.knownTo]).map(load.quoted).joined(separator: ", ")
    try load.database.execute(
      """
      CREATE VIEW \(load.made(view)) AS
      SELECT \(list) FROM \(load.quoted(loader.table.name))
      UNION ALL
      SELECT \(list) FROM \(load.quoted(table))
      """)
  }

  private func type(ofMade column: String) -> DataType {
    switch column {
    case "is_current", "is_deleted", "is_inferred": .boolean
    case "valid_from", "valid_to", DimensionColumns.knownFrom, DimensionColumns.knownTo:
      .timestamp
    default: .bigint
    }
  }
}
