import Columnar
import Core
import Database

/// What becomes of facts that wait for a member, beside waiting: their members are made, or they
/// are kept apart, as their lookups or the dimensions say.
struct MissingMembers {
  private let loader: FactLoader
  private var load: LoadContext { loader.load }
  private var database: any LoadingConnection { load.database }

  init(_ loader: FactLoader) { self.loader = loader }

  /// The lookups with this policy, their own or their dimension's.
  func lookups(
    _ policy: WarehouseTable.MissingMember
  ) throws(Fault) -> [WarehouseTable.Lookup] {
    var found: [WarehouseTable.Lookup] = []
    for lookup in loader.fact.lookups {
      var own = lookup.orElse
      if own == nil { own = try DimensionPolicy.stored(of: lookup.dimension, load) }
      if own == policy { found.append(lookup) }
    }
    return found
  }

  /// `.configuration` when a lookup has members made that its dimension cannot have.
  func check() throws(Fault) {
    for lookup in try lookups(.infer) {
      guard try !InferredMembers(lookup.dimension, load).arePossible else { continue }
      throw Fault(
        .configuration, at: loader.table.place,
        "\(loader.table.name): \(lookup.column) would infer members of \(lookup.dimension), "
          + "which is static", remedy: "say ELSE UNKNOWN, or ELSE SUSPEND")
    }
  }

  /// Makes the members that the facts of an inferring lookup wait for, and has the facts point to
  /// them. Gives the number of members made.
  func infer() throws(Fault) -> Int {
    var count = 0
    for lookup in try lookups(.infer) {
      let name = [Scalar.string(loader.table.name), .string(lookup.column)]
      let waiting = try database.rows(
        "SELECT DISTINCT natural_key FROM _waiting WHERE fact = $1 "
          + "AND column_name = $2 ORDER BY natural_key", name)
      let keys = waiting.compactMap { if case .string(let key) = $0[0] { key } else { nil } }
      guard !keys.isEmpty else { continue }
      let shape = try DimensionShape(lookup.dimension, load, for: loader.table.place)
      count += try InferredMembers(lookup.dimension, load).make(keys, key: shape.key).count
      try point(lookup, shape)
      try database.run(
        "DELETE FROM _waiting WHERE fact = $1 AND column_name = $2", name)
    }
    return count
  }

  /// How many members of the inferring lookups' dimensions wait too long for their true rows.
  func agedCount() throws(Fault) -> Int {
    var count = 0
    for dimension in Set(try lookups(.infer).map(\.dimension)) {
      count += try InferredMembers(dimension, load).agedCount()
    }
    return count
  }

  /// Has the waiting facts of a lookup point to the members that were made for them.
  private func point(_ lookup: WarehouseTable.Lookup, _ shape: DimensionShape) throws(Fault) {
    let surrogate = load.quoted(shape.surrogate)
    let column = load.quoted(lookup.column)
    try database.run(
      """
      UPDATE \(loader.name) AS f SET \(column) = d.\(surrogate)
      FROM _waiting AS w
      JOIN _keys AS k ON k.dimension = $3 AND k.natural_key = w.natural_key
      JOIN \(load.quoted(lookup.dimension)) AS d ON d.\(surrogate) = k.surrogate AND d.is_inferred
      WHERE w.fact = $1 AND w.column_name = $2
        AND f.\(load.quoted(loader.idColumn)) = w.fact_id
      """,
      [.string(loader.table.name), .string(lookup.column), .string(lookup.dimension)])
  }
}
