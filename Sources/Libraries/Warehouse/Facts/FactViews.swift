import Columnar
import Core
import Database

/// The views beside a fact that join its dimensions, so that nobody writes the joins again:
///
///     <fact>_as_was     each fact with its members as they were at its own moment
///     <fact>_as_is      each fact with its members as they are now
///     <fact>_as_known   each fact with the members it was given when it was first loaded
///     <fact>_audit      of an audited fact: which load wrote each row, and how its keys were found
///     <fact>_last_day   of a snapshot with semi-additive measures: the rows of the last day
///
/// A column of a dimension is called by the foreign key: `customer_city`. Stock must not be summed
/// over days: where rows of many days stand, a semi-additive measure is called `on_hand_of_day`.
struct FactViews {
  /// Part of the loader's own tables: the views that were made, and from which text; and the keys
  /// that facts had before they were given others, while a view shows them.
  static let tables = """
    CREATE TABLE IF NOT EXISTS _views (
      name TEXT PRIMARY KEY, fact TEXT NOT NULL, text TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS _first_keys (
      fact TEXT NOT NULL, column_name TEXT NOT NULL, fact_id BIGINT NOT NULL,
      surrogate BIGINT NOT NULL, PRIMARY KEY (fact, column_name, fact_id));
    """

  private let loader: FactLoader
  private var fact: WarehouseTable.Fact { loader.fact }
  private var load: LoadContext { loader.load }
  private var database: any LoadingConnection { load.database }

  init(_ loader: FactLoader) { self.loader = loader }

  /// Makes the views that the job asks for, those that would now be others anew, and drops those
  /// it asks for no longer. A table or view of such a name that is somebody's own stays.
  func make() throws(Fault) {
    var wanted: [String: String] = [:]
    for view in fact.views {
      wanted["\(loader.table.name)_\(view.rawValue)"] = try text(view)
    }
    if !fact.semiAdditive.isEmpty, let day = fact.snapshotColumn {
      wanted["\(loader.table.name)_last_day"] = lastDay(load.quoted(day))
    }
    if fact.isAudited { wanted["\(loader.table.name)_audit"] = try audit() }
    var made: [String: String] = [:]
    for row in try database.rows(
      "SELECT name, text FROM _views WHERE fact = $1", [.string(loader.table.name)])
    {
      if case .string(let name) = row[0], case .string(let text) = row[1] { made[name] = text }
    }
    for name in Set(made.keys).union(wanted.keys).sorted() {
      let isThere = try database.hasTable(name)
      if made[name] == wanted[name], isThere { continue }
      if made[name] != nil {
        try MaskedViews.stepAside(from: name, in: database)
        try database.execute("DROP VIEW IF EXISTS \(load.quoted(name))")
        try database.run("DELETE FROM _views WHERE name = $1", [.string(name)])
      } else if isThere {
        continue
      }
      guard let text = wanted[name] else { continue }
      try database.execute("CREATE VIEW \(load.made(name)) AS \(text)")
      try database.run(
        "INSERT INTO _views VALUES ($1, $2, $3)",
        [.string(name), .string(loader.table.name), .string(text)])
    }
  }

  /// Forgets the first keys of facts that are gone, or that no view shows.
  func forgetKeys() throws(Fault) {
    let name = database.dialect.literal(loader.table.name)
    let isGone =
      fact.views.contains(.asKnown)
      ? " AND NOT EXISTS (SELECT 1 FROM \(loader.name) AS f "
        + "WHERE f.\(load.quoted(loader.idColumn)) = _first_keys.fact_id)" : ""
    try database.run("DELETE FROM _first_keys WHERE fact = \(name)\(isGone)")
  }

  /// Remembers the keys that facts have before the changes of `_rekeying`, where a view shows them.
  static func noteFirstKeys(
    of fact: String, _ column: String, _ load: LoadContext
  ) throws(Fault) {
    let literal = load.database.dialect.literal
    guard
      try load.database.integer(
        "SELECT count(*) FROM _views WHERE name = \(literal("\(fact)_as_known"))") == 1
    else { return }
    try load.database.run(
      "INSERT INTO _first_keys SELECT \(literal(fact)), \(literal(column)), fact_id, from_key "
        + "FROM _rekeying WHERE TRUE ON CONFLICT DO NOTHING")
  }

  /// How each foreign key was found is read from what stands now, so that it is always true: a fact
  /// that waited is `exact` once its member has come.
  private func audit() throws(Fault) -> String {
    var columns = (loader.columns + [AuditDimension.column]).map { "f.\(load.quoted($0))" }
    columns += ["fact", "run_id", "rule_set", "build", "loaded_at"].map { "a.\($0) AS audit_\($0)" }
    var joins =
      " LEFT JOIN \(AuditDimension.name) AS a ON a.audit_key = f.\(AuditDimension.column)"
    for (number, lookup) in fact.lookups.enumerated() {
      let shape = try DimensionShape(lookup.dimension, load, for: loader.table.place)
      let alias = "d\(number + 1)"
      joins += join(lookup, shape, alias, .asWas)
      let mark = lookup.column.hasSuffix("_key") ? lookup.column.dropLast(4) : lookup.column[...]
      columns.append(
        "CASE \(status(lookup, shape, alias)) END AS \(load.quoted("\(mark)_status"))")
    }
    return "SELECT \(columns.joined(separator: ", ")) FROM \(loader.name) AS f\(joins)"
  }

  private func status(
    _ lookup: WarehouseTable.Lookup, _ shape: DimensionShape, _ alias: String
  ) -> String {
    let key = "f.\(load.quoted(lookup.column))"
    let words = ["unknown", "not_applicable", "missing", "invalid"]
    var cases = zip(ReservedKey.labels, words).map { "WHEN \(key) = \($0.key) THEN '\($1)'" }
    if shape.columns.contains(where: { $0.name == "is_inferred" }) {
      cases.append("WHEN \(alias).is_inferred THEN 'inferred'")
      cases.append("WHEN \(alias).is_deleted THEN 'deleted_member'")
    }
    if shape.hasHistory, let moment = lookup.asOf {
      cases.append("WHEN f.\(load.quoted(moment)) < \(alias).valid_from THEN 'before_first'")
    }
    return (cases + ["ELSE 'exact'"]).joined(separator: " ")
  }

  private func lastDay(_ day: String) -> String {
    let columns = loader.columns.map { "f.\(load.quoted($0))" }.joined(separator: ", ")
    return "SELECT \(columns) FROM \(loader.name) AS f "
      + "WHERE f.\(day) = (SELECT max(l.\(day)) FROM \(loader.name) AS l)"
  }

  private func text(_ view: WarehouseTable.FactView) throws(Fault) -> String {
    var taken = Set<String>()
    var columns = loader.columns.map { name -> String in
      let shown = fact.semiAdditive.contains(name) ? "\(name)_of_day" : name
      taken.insert(shown.lowercased())
      return "f.\(load.quoted(name)) AS \(load.quoted(shown))"
    }
    var joins = ""
    for (number, lookup) in fact.lookups.enumerated() {
      let shape = try DimensionShape(lookup.dimension, load, for: loader.table.place)
      let alias = "d\(number + 1)"
      joins += join(lookup, shape, alias, view)
      let mark = lookup.column.hasSuffix("_key") ? lookup.column.dropLast(4) : lookup.column[...]
      for column in shape.columns where isShown(column.name, shape) {
        let shown = column.name.hasPrefix("\(mark)_") ? column.name : "\(mark)_\(column.name)"
        guard taken.insert(shown.lowercased()).inserted else { continue }
        columns.append("\(alias).\(load.quoted(column.name)) AS \(load.quoted(shown))")
      }
    }
    let whole = fact.absence == .flag ? " WHERE NOT f.is_deleted" : ""
    return "SELECT \(columns.joined(separator: ", ")) FROM \(loader.name) AS f\(joins)\(whole)"
  }

  /// Whether a column of a dimension says something of the member, and not of its versions.
  private func isShown(_ column: String, _ shape: DimensionShape) -> Bool {
    let made = [
      shape.surrogate, DimensionColumns.durable(beside: shape.surrogate), "valid_from", "valid_to",
      "is_current",
    ]
    return !made.contains(column)
  }

  private func join(
    _ lookup: WarehouseTable.Lookup, _ shape: DimensionShape, _ alias: String,
    _ view: WarehouseTable.FactView
  ) -> String {
    let dimension = load.quoted(lookup.dimension)
    let surrogate = load.quoted(shape.surrogate)
    let column = load.quoted(lookup.column)
    let durable = load.quoted(DimensionColumns.durable(beside: shape.surrogate))
    switch view {
    case .asIs where shape.hasHistory:
      return " LEFT JOIN \(dimension) AS \(alias)k ON \(alias)k.\(surrogate) = f.\(column)"
        + " LEFT JOIN \(dimension) AS \(alias) ON \(alias).\(durable) = \(alias)k.\(durable)"
        + " AND \(alias).is_current"
    case .asWas, .asIs:
      return " LEFT JOIN \(dimension) AS \(alias) ON \(alias).\(surrogate) = f.\(column)"
    case .asKnown:
      let literal = database.dialect.literal
      return " LEFT JOIN _first_keys AS \(alias)k ON \(alias)k.fact = \(literal(loader.table.name))"
        + " AND \(alias)k.column_name = \(literal(lookup.column))"
        + " AND \(alias)k.fact_id = f.\(load.quoted(loader.idColumn))"
        + " LEFT JOIN \(dimension) AS \(alias)"
        + " ON \(alias).\(surrogate) = coalesce(\(alias)k.surrogate, f.\(column))"
    }
  }
}
