import Columnar
import Core
import Database

/// Links members to those that they were under another key, where the job gives the key of before:
/// a column tells the earlier member's durable key, or both have the one of the first.
struct KeyLinks {
  private let loader: DimensionLoader
  private var load: LoadContext { loader.load }
  private var dialect: Dialect { load.database.dialect }
  private var table: String { load.quoted(loader.table.name) }
  private var surrogate: String { load.quoted(loader.dimension.surrogateColumn) }
  private var durable: String { load.quoted(loader.dimension.durableColumn) }

  init(_ loader: DimensionLoader) { self.loader = loader }

  /// Gives the number of rows that changed.
  func settle() throws(Fault) -> Int {
    guard let change = loader.dimension.keyChange else { return 0 }
    switch change.style {
    case .link: return try link(change)
    case .merge: return try merge(change)
    }
  }

  private func link(_ change: WarehouseTable.Dimension.KeyChange) throws(Fault) -> Int {
    let previous = load.quoted(loader.dimension.previousColumn)
    let isBefore = zip(loader.table.key, change.columns).map {
      "o.\(load.quoted($0)) = \(table).\(load.quoted($1))"
    }
    let isOther = zip(loader.table.key, change.columns).map {
      "\(table).\(load.quoted($0)) <> \(table).\(load.quoted($1))"
    }
    let found = """
      (SELECT min(o.\(durable)) FROM \(table) AS o
        WHERE o.\(surrogate) > 0 AND \(isBefore.joined(separator: " AND "))
          AND (\(isOther.joined(separator: " OR "))))
      """
    return try load.database.run(
      "UPDATE \(table) SET \(previous) = \(found) "
        + "WHERE \(surrogate) > 0 AND \(previous) IS DISTINCT FROM \(found)")
  }

  /// A member whose key changed, and the natural key that it had before.
  private struct Change {
    var keyValues: [Scalar]
    var before: String
  }

  private func merge(_ change: WarehouseTable.Dimension.KeyChange) throws(Fault) -> Int {
    let changes = try changes(change)
    let befores = changes.mapValues(\.before)
    let apart = try merged().filter { changes[$0.key] == nil }
    if changes.isEmpty, apart.isEmpty { return 0 }
    let chains = changes.keys.map { ($0, Self.chain(from: $0, befores)) }
    var keys = try SurrogateKeys(loader.table.name, load)
    try keys.learn(Set(chains.flatMap { $0.1 }).union(apart.map(\.key)))
    let rows = try GatheredRows(
      "_merged", [loader.dimension.durableColumn] + loader.table.key, from: loader.table.name, load)
    for (key, chain) in chains {
      // The first of the chain that is there.
      guard let member = chain.first(where: keys.isThere), let first = keys.durable(member),
        let values = changes[key]?.keyValues
      else { continue }
      try rows.add([.integer(first)] + values)
    }
    for (key, values) in apart {
      if let own = keys.durable(key) { try rows.add([.integer(own)] + values) }
    }
    try rows.flush()
    let isMember = loader.table.key.map {
      "\(table).\(load.quoted($0)) = m.\(load.quoted($0))"
    }
    return try load.database.run(
      "UPDATE \(table) SET \(durable) = m.\(durable) FROM \(rows.name) AS m "
        + "WHERE \(isMember.joined(separator: " AND ")) AND \(table).\(surrogate) > 0 "
        + "AND \(table).\(durable) <> m.\(durable)")
  }

  /// The members that have the durable key of another one.
  private func merged() throws(Fault) -> [(key: String, keyValues: [Scalar])] {
    let columns = loader.table.key.map { "d.\(load.quoted($0))" }
    let key = naturalKey(loader.table.key, of: "d", dialect)
    return try load.database.rows(
      """
      SELECT DISTINCT \(key), \(columns.joined(separator: ", "))
      FROM \(table) AS d WHERE d.\(surrogate) > 0 AND d.\(durable) <> (
        SELECT min(k.durable) FROM _keys AS k
        WHERE k.dimension = \(dialect.literal(loader.table.name)) AND k.natural_key = \(key))
      """
    ).compactMap { row in
      if case .string(let key) = row[0] { (key, Array(row[1...])) } else { nil }
    }
  }

  private func changes(
    _ change: WarehouseTable.Dimension.KeyChange
  ) throws(Fault) -> [String: Change] {
    let columns = loader.table.key.map { "d.\(load.quoted($0))" }
    let rows = try load.database.rows(
      """
      SELECT DISTINCT \(naturalKey(loader.table.key, of: "d", dialect)),
        \(naturalKey(change.columns, of: "d", dialect)), \(columns.joined(separator: ", "))
      FROM \(table) AS d WHERE d.\(surrogate) > 0
        AND \(change.columns.map { "d.\(load.quoted($0)) IS NOT NULL" }.joined(separator: " AND "))
      """)
    var changes: [String: Change] = [:]
    for row in rows {
      guard case .string(let key) = row[0], case .string(let before) = row[1], key != before else {
        continue
      }
      changes[key] = Change(keyValues: Array(row[2...]), before: before)
    }
    return changes
  }

  /// The keys that a member had, the first one foremost, its own last. Of keys that lead to each
  /// other in a circle the least is taken for the first.
  static func chain(from key: String, _ before: [String: String]) -> [String] {
    var chain = [key]
    var seen: Set<String> = [key]
    while let last = chain.last, let next = before[last] {
      guard seen.insert(next).inserted else {
        let circle = chain[(chain.firstIndex(of: next) ?? 0)...]
        return (circle.min().map { [$0] } ?? []) + [key]
      }
      chain.append(next)
    }
    return chain.reversed()
  }
}
