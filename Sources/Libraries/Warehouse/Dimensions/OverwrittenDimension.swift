import Columnar
import Core
import Database

/// A dimension without history: a row a member, overwritten in place, by set-based statements.
struct OverwrittenDimension {
  private let loader: DimensionLoader
  private let table: String
  private let staged: String
  private let surrogate: String
  private let database: any LoadingConnection

  init(_ loader: DimensionLoader, _ staging: Staging) {
    self.loader = loader
    database = loader.load.database
    table = loader.load.quoted(loader.table.name)
    staged = loader.load.quoted(staging.name)
    surrogate = loader.load.quoted(loader.dimension.surrogateColumn)
  }

  func apply(_ outcome: inout LoadOutcome) throws(Fault) -> ChangedMembers {
    if loader.dimension.givesSurrogate { try checkGivenKeys() }
    outcome.updated = try update()
    outcome.tally.keptDifferences = try keptDifferences()
    outcome.inserted =
      loader.dimension.givesSurrogate ? try insertWithGivenKeys() : try insertWithMadeKeys()
    if marksDeleted { outcome.deleted = try markDeleted() }
    return ChangedMembers(moved: [:], hasNewMembers: outcome.inserted > 0)
  }

  private var marksDeleted: Bool { loader.dimension.history == .scd1 }

  /// The stored row `d` of the staged row `s`.
  private var isSameMember: String {
    let key = loader.table.key.map { name in
      let column = loader.load.quoted(name)
      return "d.\(column) = s.\(column)"
    }
    return (key + ["d.\(surrogate) > 0"]).joined(separator: " AND ")
  }

  private func update() throws(Fault) -> Int {
    let kept = Set(loader.attributes.filter { isKept($0) })
    let overwritten = loader.attributes.filter { !kept.contains($0) }
    var isChanged = differing(overwritten, "d", "s", database.dialect)
    var assignments = loader.attributes.map { name in
      let column = loader.load.quoted(name)
      return kept.contains(name)
        ? "\(column) = coalesce(d.\(column), s.\(column))" : "\(column) = s.\(column)"
    }
    for column in kept.sorted().map(loader.load.quoted) {
      isChanged += " OR (d.\(column) IS NULL AND s.\(column) IS NOT NULL)"
    }
    if marksDeleted {
      isChanged += " OR d.is_deleted"
      assignments.append("is_deleted = false")
    }
    guard !assignments.isEmpty else { return 0 }
    return try database.run(
      "UPDATE \(table) AS d SET \(assignments.joined(separator: ", ")) FROM \(staged) AS s "
        + "WHERE \(isSameMember) AND (\(isChanged))")
  }

  private func isKept(_ column: String) -> Bool {
    switch loader.dimension.rule(of: column) {
    case .kept, .linked: true
    case .overwritten, .overwrittenWhileCurrent: false
    }
  }

  /// How many delivered values of kept columns are not the stored one, which stays.
  private func keptDifferences() throws(Fault) -> Int {
    var count = 0
    for column in loader.dimension.kept.map(loader.load.quoted) {
      count += try database.integer(
        "SELECT count(*) FROM \(staged) AS s JOIN \(table) AS d ON \(isSameMember) "
          + "WHERE d.\(column) <> s.\(column)")
    }
    return count
  }

  private func insertWithMadeKeys() throws(Fault) -> Int {
    let dimension = loader.dimension
    let name = Scalar.string(loader.table.name)
    let naturalKey = naturalKey(loader.table.key, of: "s", database.dialect)
    let inOrder = database.dialect.inByteOrder(naturalKey)
    let limit = try database.integer(
      "SELECT coalesce(max(surrogate), 0) FROM _keys WHERE dimension = $1", [name])
    // A key of the member that no row has: of one that was, or that stands under another key now.
    let known =
      "SELECT max(o.surrogate) FROM _keys AS o WHERE o.dimension = $1 "
      + "AND o.natural_key = \(naturalKey) AND o.valid_from = '\(SurrogateKeys.always)' "
      + "AND NOT EXISTS (SELECT 1 FROM \(table) AS d WHERE d.\(surrogate) = o.surrogate)"
    let isNew = "NOT EXISTS (SELECT 1 FROM \(table) AS d WHERE \(isSameMember))"
    // Numbered in key order, so that the same members in any order get the same keys.
    try database.run(
      """
      INSERT INTO _keys
      SELECT $1, natural_key, '\(SurrogateKeys.always)', $2 + number, $2 + number
      FROM (SELECT \(naturalKey) AS natural_key,
                   row_number() OVER (ORDER BY \(inOrder)) AS number
            FROM \(staged) AS s WHERE \(isNew) AND (\(known)) IS NULL) AS m
      """, [name, .integer(Int64(limit))])
    let columns = loader.table.schema.names.map(loader.load.quoted)
    let flags = marksDeleted ? ", is_deleted, is_inferred" : ""
    return try database.run(
      """
      INSERT INTO \(table) (\(surrogate), \(loader.load.quoted(dimension.durableColumn)), \
      \(columns.joined(separator: ", "))\(flags))
      SELECT k.surrogate, k.durable, \(columns.map { "s.\($0)" }.joined(separator: ", "))\
      \(marksDeleted ? ", false, false" : "")
      FROM \(staged) AS s JOIN _keys AS k ON k.dimension = $1
        AND k.natural_key = \(naturalKey) AND k.valid_from = '\(SurrogateKeys.always)'
        AND k.surrogate = (\(known))
      WHERE \(isNew)
      ORDER BY k.surrogate
      """, [name])
  }

  private func insertWithGivenKeys() throws(Fault) -> Int {
    let columns = loader.table.schema.names.map(loader.load.quoted)
    return try database.run(
      """
      INSERT INTO \(table) (\(columns.joined(separator: ", ")))
      SELECT \(columns.map { "s.\($0)" }.joined(separator: ", ")) FROM \(staged) AS s
      WHERE NOT EXISTS (SELECT 1 FROM \(table) AS d WHERE \(isSameMember)) ORDER BY s.\(surrogate)
      """)
  }

  private func markDeleted() throws(Fault) -> Int {
    try database.execute(
      """
      CREATE UNIQUE INDEX \(loader.load.quoted("stg_\(loader.table.name)_key"))
      ON \(staged) (\(loader.table.key.map(loader.load.quoted).joined(separator: ", ")))
      """)
    return try database.run(
      "UPDATE \(table) AS d SET is_deleted = true WHERE NOT d.is_deleted AND d.\(surrogate) > 0 "
        + "AND NOT d.is_inferred "
        + "AND NOT EXISTS (SELECT 1 FROM \(staged) AS s WHERE \(isSameMember))")
  }

  private func checkGivenKeys() throws(Fault) {
    let bad = try database.integer(
      "SELECT count(*) FROM \(staged) WHERE \(surrogate) IS NULL OR \(surrogate) < 1")
    let moved = try database.integer(
      "SELECT count(*) FROM \(staged) AS s JOIN \(table) AS d ON \(isSameMember) "
        + "WHERE d.\(surrogate) <> s.\(surrogate)")
    guard bad == 0, moved == 0 else {
      throw Fault(
        .verdict, at: loader.table.place,
        bad > 0
          ? "\(counted(bad, "row")) \(bad == 1 ? "has" : "have") no positive "
            + loader.dimension.surrogateColumn
          : "\(counted(moved, "member")) \(moved == 1 ? "has" : "have") another "
            + "\(loader.dimension.surrogateColumn) than before",
        remedy: "correct the SELECT: facts point to these keys")
    }
  }
}
