import Columnar
import Core
import Database

/// The stored form of a dimension: made, or brought from what it was to what its job describes
/// now. Columns come and go, the natural key or the kind of history changes; members that are not
/// delivered any more stay, and all keep their surrogate keys where the old form tells which they
/// are.
struct DimensionForm {
  private let loader: DimensionLoader
  private let load: LoadContext
  private let name: String
  private let surrogate: String
  private var table: WarehouseTable { loader.table }
  private var dimension: WarehouseTable.Dimension { loader.dimension }
  private var database: any LoadingConnection { load.database }
  private var index: String { load.quoted(table.name + "_natural") }

  init(_ loader: DimensionLoader) {
    self.loader = loader
    load = loader.load
    name = load.quoted(loader.table.name)
    surrogate = load.quoted(loader.dimension.surrogateColumn)
  }

  /// Gives the surrogate keys that no row has any longer, with their members' natural keys, so
  /// that facts are led to the rows that took their place.
  func settle() throws(Fault) -> [Int64: String] {
    let present = try database.columns(of: table.name)
    let oldUnique = try load.columns(ofIndex: table.name + "_natural")
    var moved: [Int64: String] = [:]
    if present.contains(where: { $0.name == "valid_from" }), dimension.history != .scd2,
      oldUnique.last == "valid_from"
    {
      moved = try leaveLastVersions(oldUnique.dropLast())
    }
    let past = PastKnowledgeForm(loader)
    try past.leaveView()
    try shape.realize(in: database, at: table.place)
    try past.settle()
    if !present.isEmpty, oldUnique != unique {
      try database.execute("DROP INDEX IF EXISTS \(index)")
      try renameKey(from: oldUnique.filter { $0 != "valid_from" }, present.map(\.name))
      moved.merge(try leaveNamedRows()) { old, _ in old }
      try noteKeys()
      try LoadLedger.forgetInputs(ofFactsAt: table.name, in: database)
    }
    try database.execute(
      """
      CREATE UNIQUE INDEX IF NOT EXISTS \(index)
      ON \(name) (\(unique.map(load.quoted).joined(separator: ", ")))
      WHERE \(table.realRows(load.dialect))
      """)
    return present.isEmpty ? try knownMembers() : moved
  }

  /// All surrogate keys that there ever were: where the table was dropped, facts may point to
  /// members that nobody delivers any more.
  private func knownMembers() throws(Fault) -> [Int64: String] {
    var known: [Int64: String] = [:]
    for row in try database.rows(
      "SELECT surrogate, natural_key FROM _keys WHERE dimension = $1", [.string(table.name)])
    {
      if case .integer(let number) = row[0], case .string(let text) = row[1] {
        known[number] = text
      }
    }
    return known
  }

  /// The columns by which rows are told apart.
  private var unique: [String] {
    table.key + (dimension.history == .scd2 ? ["valid_from"] : [])
  }

  private var shape: TableShape {
    var shape = TableShape(table.name)
    shape.add(dimension.surrogateColumn, .bigint, "PRIMARY KEY")
    if !dimension.givesSurrogate {
      shape.add(dimension.durableColumn, .bigint, "NOT NULL", filling: surrogate)
    }
    shape.add(
      table.schema.fields.filter {
        !loader.isInterval($0.name) && $0.name != dimension.surrogateColumn
      })
    if dimension.history == .scd2 {
      shape.add("valid_from", .timestamp, "NOT NULL", filling: "'\(MemberVersion.startText)'")
      shape.add("valid_to", .timestamp, "NOT NULL", filling: "'\(MemberVersion.openText)'")
      shape.add("is_current", .boolean, "NOT NULL", filling: "true")
    }
    if dimension.history != .fixed {
      shape.add("is_deleted", .boolean, "NOT NULL", filling: "false")
      shape.add("is_inferred", .boolean, "NOT NULL", filling: "false")
    }
    if dimension.keyChange?.style == .link { shape.add(dimension.previousColumn, .bigint) }
    if dimension.hasTwoAxes { addKnowledge(&shape) }
    return shape
  }

  /// When versions are known. Of those that are there what the last load left is known since then.
  private func addKnowledge(_ shape: inout TableShape) {
    let literal = database.dialect.literal
    let start = literal(MemberVersion.startText)
    let last = try? LoadLedger.last(table.name, in: database)?.moment
    let known = last.map { literal(startText($0.microseconds)) } ?? start
    shape.add(
      DimensionColumns.knownFrom, .timestamp, "NOT NULL DEFAULT \(start)", filling: known)
    let open = literal(MemberVersion.openText)
    shape.add(
      DimensionColumns.knownTo, .timestamp, "NOT NULL DEFAULT \(open)", filling: open)
  }

  /// Of a member with several versions the last one stands for it from now on.
  private func leaveLastVersions(_ key: some Sequence<String>) throws(Fault) -> [Int64: String] {
    let key = Array(key)
    return try take(
      naming: key,
      where: "EXISTS (SELECT 1 FROM \(name) AS o WHERE o.\(surrogate) > 0 "
        + "AND \(same(key, "o", "d", load.dialect)) AND o.valid_from > d.valid_from)")
  }

  /// A column of the key that took the place of one that the job gives no longer has its values.
  private func renameKey(from old: [String], _ present: [String]) throws(Fault) {
    guard old.count == table.key.count else { return }
    for (before, now) in zip(old, table.key)
    where !present.contains(now) && table.schema.index(of: before) == nil {
      try database.run(
        "UPDATE \(name) SET \(load.quoted(now)) = \(load.quoted(before)) WHERE \(surrogate) > 0")
    }
  }

  /// Takes away the rows that the new key does not tell apart or has no value for.
  private func leaveNamedRows() throws(Fault) -> [Int64: String] {
    let nameless = table.key.map { "d.\(load.quoted($0)) IS NULL" }.joined(separator: " OR ")
    return try take(
      naming: table.key,
      where: "(\(nameless)) OR d.\(surrogate) NOT IN (SELECT min(\(surrogate)) FROM \(name) "
        + "WHERE \(surrogate) > 0 GROUP BY \(unique.map(load.quoted).joined(separator: ", ")))")
  }

  /// Deletes the rows `d` of a condition; gives their surrogate keys and natural keys.
  private func take(
    naming key: [String], where condition: String
  ) throws(Fault) -> [Int64: String] {
    let source = "FROM \(name) AS d WHERE d.\(surrogate) > 0 AND (\(condition))"
    var taken: [Int64: String] = [:]
    for row in try database.rows(
      "SELECT d.\(surrogate), coalesce(\(naturalKey(key, of: "d", load.dialect)), '') \(source)")
    {
      if case .integer(let number) = row[0], case .string(let text) = row[1] {
        taken[number] = text
      }
    }
    if taken.isEmpty { return taken }
    try ForeignKeys(load).release(table.name)
    try database.run("DELETE \(source)")
    return taken
  }

  /// Notes the stored members under their new natural keys, so that these lead to the same
  /// surrogate keys.
  private func noteKeys() throws(Fault) {
    guard !dimension.givesSurrogate else { return }
    let start =
      dimension.history == .scd2
      ? load.dialect.keyText("d.valid_from") : load.dialect.literal(SurrogateKeys.always)
    try database.run(
      """
      INSERT INTO _keys
      SELECT $1, \(naturalKey(table.key, of: "d", load.dialect)), \(start), d.\(surrogate),
             d.\(load.quoted(dimension.durableColumn))
      FROM \(name) AS d WHERE d.\(surrogate) > 0
      ON CONFLICT DO NOTHING
      """, [.string(table.name)])
  }
}
