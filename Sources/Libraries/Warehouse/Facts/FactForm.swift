import Columnar
import Core
import Database

/// The stored form of a fact: made, or brought from what it was to what its job describes now, with
/// what is remembered beside it: which dimensions it looks up, which facts wait.
struct FactForm {
  private let loader: FactLoader
  private let load: LoadContext
  private var table: WarehouseTable { loader.table }
  private var fact: WarehouseTable.Fact { loader.fact }
  private var database: any LoadingConnection { load.database }

  init(_ loader: FactLoader) {
    self.loader = loader
    load = loader.load
  }

  func settle() throws(Fault) {
    try checkKeptLookups()
    for lookup in fact.lookups {
      guard try database.hasTable(lookup.dimension) else {
        throw Fault(
          .configuration, at: table.place,
          "\(table.name): \(lookup.column) looks up \(lookup.dimension), which the warehouse "
            + "does not have", remedy: "load the dimensions first, or correct the lookup")
      }
      try ReservedMembers.complete(lookup.dimension, load)
    }
    try MissingMembers(loader).check()
    try FactReversal.settle(loader)
    try shape.realize(in: database, at: table.place)
    let grain = try load.columns(ofIndex: table.name + "_grain")
    if !grain.isEmpty, grain != loader.grainColumns {
      try database.execute("DROP INDEX \(load.quoted(table.name + "_grain"))")
      // All rows come again, told apart in the new way.
      if !fact.keepsUndelivered { try database.execute("DELETE FROM \(loader.name)") }
    }
    try noteLookups()
    try Measures.note(fact.measures, of: table.name, load)
    try SuspendedFacts(table.name, load).bringBack()
  }

  private var shape: TableShape {
    var shape = TableShape(table.name)
    shape.month = load.dialect == .postgresql ? fact.month : nil
    shape.add(loader.idColumn, .bigint, "PRIMARY KEY", isNumbered: true)
    for lookup in fact.lookups {
      let target = load.quoted(DimensionColumns.surrogate(of: lookup.dimension))
      shape.add(
        lookup.column, .bigint, "NOT NULL",
        reference: " REFERENCES \(load.quoted(lookup.dimension)) (\(target))",
        filling: "\(ReservedKey.unknown)")
    }
    shape.add(fact.stored)
    if fact.absence == .flag {
      shape.add("is_deleted", .boolean, "NOT NULL DEFAULT \(load.dialect.flag(false))")
    }
    if fact.isAudited {
      shape.add(AuditDimension.column, .bigint, "NOT NULL DEFAULT -1", filling: "-1")
    }
    if fact.absence == .reverse {
      shape.add("revision", .bigint, "NOT NULL DEFAULT 1", filling: "1")
      shape.add("reversed_in", .bigint)
      shape.add(
        "is_reversal", .boolean, "NOT NULL DEFAULT \(load.dialect.flag(false))", filling: "false")
    }
    return shape
  }

  /// Rows that are not delivered again keep the numbers of the dimension they were looked up in.
  private func checkKeptLookups() throws(Fault) {
    guard fact.keepsUndelivered, try database.hasTable(table.name) else { return }
    for lookup in fact.lookups {
      let before = try database.value(
        "SELECT dimension FROM _lookups WHERE fact = $1 AND column_name = $2",
        [.string(table.name), .string(lookup.column)])
      guard case .string(let dimension) = before, dimension != lookup.dimension else { continue }
      throw Fault(
        .configuration, at: table.place,
        "\(table.name): the stored \(lookup.column) are keys of \(dimension), "
          + "and rows of before are not loaded again",
        remedy: "name the column of the lookup in \(lookup.dimension) otherwise")
    }
  }

  private func noteLookups() throws(Fault) {
    let name = Scalar.string(table.name)
    try database.run("DELETE FROM _lookups WHERE fact = $1", [name])
    for lookup in fact.lookups {
      try database.run(
        "INSERT INTO _lookups VALUES ($1, $2, $3, $4)",
        [
          name, .string(lookup.column), .string(lookup.dimension),
          lookup.asOf.map { .string($0) } ?? .null,
        ])
    }
    try database.run(
      "DELETE FROM _waiting WHERE fact = $1 AND column_name NOT IN "
        + "(SELECT column_name FROM _lookups WHERE fact = $1)", [name])
  }
}
