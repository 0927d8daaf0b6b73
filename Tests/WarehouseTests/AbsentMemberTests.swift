import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// Members of a dimension with history that the same job delivers no longer, since late events say
/// that they never were.
@Suite struct AbsentMemberTests {
  private func load(
    _ star: Star, _ ids: some Sequence<Int>, absence: MemberAbsence = .neverWas,
    endingAbsent: Bool = false
  ) throws -> LoadOutcome {
    let table = try star.customers()
    let load = WarehouseLoad(
      into: star.database, run: "r", Clock(now: at(0)), siteKey: [1, 2, 3],
      endsAbsentMembers: endingAbsent)
    let rows = ids.flatMap { id in
      [
        customer("c\(id)", "Bonn", "basic", 0, 5), customer("c\(id)", "Ulm", "basic", 5, nil),
      ]
    }
    let outcome = try load.load(
      table, from: source(table.schema, rows), absence: absence, inputs: "x")
    try load.commit()
    return outcome
  }

  private func keys(_ star: Star) throws -> [String] {
    try star.text("SELECT line, customer_key FROM fact_sales ORDER BY line")
  }

  @Test(arguments: Star.dialects)
  func `one that never was goes, and its facts wait for it under its keys`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    _ = try load(star, 0..<4)
    try star.load(
      star.sales(),
      [
        sale(1, day: 3, customer: "c1", sku: "a", cents: 5),
        sale(2, day: 9, customer: "c1", sku: "a", cents: 5),
        sale(3, day: 9, customer: "c2", sku: "a", cents: 5),
      ])
    let before = try keys(star)
    let gone = try load(star, [0, 2, 3])
    #expect((gone.vanished, gone.absent, gone.deleted, gone.rekeyed) == (1, 0, 2, 2))
    #expect(try keys(star) == ["1|-1", "2|-1", before[2]])
    #expect(
      try star.text(
        "SELECT DISTINCT customer_id FROM dim_customer WHERE customer_key > 0 ORDER BY 1")
        == ["c0", "c2", "c3"])
    #expect(try star.text("SELECT natural_key FROM _waiting ORDER BY fact_id") == ["c1", "c1"])
    #expect(try !load(star, [0, 2, 3]).isChanged)
    _ = try load(star, 0..<4)
    #expect(try keys(star) == before)
  }

  @Test func `many at once are an accident, and are told`() throws {
    let star = try Star()
    _ = try load(star, 0..<40)
    let fewer = try load(star, 0..<29)
    #expect((fewer.vanished, fewer.absent, fewer.isChanged) == (0, 11, false))
    let fewest = try load(star, 0..<30)
    #expect((fewest.vanished, fewest.absent, fewest.deleted) == (10, 0, 20))
  }

  @Test func `those of another job stay, and end where that is asked for`() throws {
    let star = try Star()
    _ = try load(star, 0..<3)
    let told = try load(star, 0..<2, absence: .untold)
    #expect((told.vanished, told.absent, told.isChanged) == (0, 1, false))
    let ended = try load(star, 0..<2, absence: .untold, endingAbsent: true)
    #expect((ended.vanished, ended.updated, ended.inserted) == (0, 1, 1))
    // Also one that had ended already never was.
    let gone = try load(star, 0..<2)
    #expect((gone.vanished, gone.deleted) == (1, 3))
  }
}
