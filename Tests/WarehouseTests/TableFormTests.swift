import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// What becomes of stored tables, their indexes and keys when a job describes them otherwise.
@Suite struct TableFormTests {
  private static let products = Schema([
    Field("sku", .string), Field("name", .string),
    Field("price", .decimal(precision: 12, scale: 2)),
  ])

  private static let place = Place("jobs/warehouse/star.sql")

  private func products(
    _ properties: [String: String] = [:], _ schema: Schema = products
  ) throws -> WarehouseTable {
    try WarehouseTable(
      "dim_product",
      properties: ["dimension": "scd1", "key": "sku"].merging(properties) { $1 }, schema: schema,
      at: Self.place)
  }

  private func sales(
    _ properties: [String: String] = [:], _ more: [Field] = []
  ) throws -> WarehouseTable {
    try WarehouseTable(
      "fact_sales",
      properties: ["fact": "incremental", "key": "line", "lookup.product_key": "dim_product(sku)"]
        .merging(properties) { $1 },
      schema: Schema(
        [
          Field("line", .int), Field("sku", .string), Field("moment", .timestamp),
          Field("amount", .decimal(precision: 12, scale: 2)),
        ] + more), at: Self.place)
  }

  private func sale(_ line: Int64, _ sku: String, _ more: Scalar...) -> [Scalar] {
    [.integer(line), .string(sku), .timestamp(at(line)), money(5)] + more
  }

  /// Three products, of which b is deleted, and a sale of each.
  private func load(_ star: Star) throws {
    let rows: [[Scalar]] = ["a", "b", "c"].map { [.string($0), .string("n\($0)"), money(150)] }
    try star.load(products(), rows)
    try star.load(products(), [rows[0], rows[2]])
    try star.load(sales(), [sale(1, "a"), sale(2, "b"), sale(3, "c")])
  }

  private func keys(_ star: Star) throws -> [String] {
    try star.text(
      "SELECT f.line, f.product_key, p.name, p.is_deleted FROM fact_sales f "
        + "JOIN dim_product p USING (product_key) ORDER BY 1")
  }

  private let before = ["1|1|na|0", "2|2|nb|1", "3|3|nc|0"]

  @Test(arguments: Star.dialects)
  func `a column that changes its type keeps rows and keys, also of deleted members`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try load(star)
    try star.database.execute(
      "CREATE VIEW report AS SELECT p.name FROM fact_sales JOIN dim_product p USING (product_key); "
        + "CREATE INDEX of_a_user ON dim_product (name)")
    let schema = Schema([
      Field("sku", .string), Field("name", .string),
      Field("price", .decimal(precision: 18, scale: 4)), Field("rank", .int),
    ])
    let rows: [[Scalar]] = ["a", "c"].map { sku in
      [
        .string(sku), .string("n\(sku)"), .decimal(Decimal(unscaled: 15_000, scale: 4)),
        .integer(7),
      ]
    }
    try star.load(products([:], schema), rows)
    #expect(try keys(star) == before)
    #expect(
      try star.text(
        "SELECT product_key, price, rank FROM dim_product WHERE product_key > 0 ORDER BY 1")
        == ["1|1.5|7", "2|1.5|NULL", "3|1.5|7"])
    #expect(try star.database.schema(of: "dim_product").fields.contains { $0.type.scale == 4 })
    #expect(try star.text("SELECT count(*) FROM report") == ["3"])
    #expect(try star.database.columns(ofIndex: "dim_product_natural") == ["sku"])
    #expect(try star.database.columns(ofIndex: "of_a_user") == ["name"])
    #expect(try star.load(products([:], schema), rows).isChanged == false)
  }

  @Test(arguments: Star.dialects)
  func `facts of a member that went with a dropped table stand at the unknown one`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try load(star)
    try star.database.execute(
      "DROP TABLE dim_product\(dialect == .sqlite ? "" : " CASCADE")")
    try star.load(products(), ["a", "c"].map { [.string($0), .string("n\($0)"), money(150)] })
    #expect(try keys(star) == ["1|1|na|0", "2|-1|Unknown|0", "3|3|nc|0"])
  }

  @Test(arguments: Star.dialects) func `a column of the key under another name is the same key`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try load(star)
    let schema = Schema([Field("item", .string), Field("name", .string)])
    let table = try products(["key": "item"], schema)
    let outcome = try star.load(
      table, ["a", "c", "d"].map { [.string($0), .string("n\($0)")] })
    #expect((outcome.inserted, outcome.deleted) == (1, 0))
    #expect(try keys(star) == before)
    #expect(
      try star.text("SELECT product_key, item FROM dim_product WHERE product_key > 0 ORDER BY 1")
        == ["1|a", "2|b", "3|c", "4|d"])
  }

  @Test(arguments: Star.dialects)
  func `a key of other columns leads to the members there are, and facts are due anew`(
    _ dialect: Dialect
  )
    throws
  {
    let star = try Star(dialect)
    try load(star)
    let rows: [[Scalar]] = ["a", "c"].map { [.string($0), .string("n\($0)"), money(150)] }
    try star.load(products(["key": "name"]), rows)
    #expect(try keys(star) == before)
    let need = WarehouseLoad(into: star.database, run: "r", Clock(now: at(0)), siteKey: nil)
    #expect(try need.stands("fact_sales", at: "version 3") == false)
    #expect(try need.need(of: sales(), inputs: "version 3") == .rows(since: ""))
    try star.load(products(), rows)
    #expect(try keys(star) == before)
  }

  @Test(arguments: Star.dialects)
  func `a member that gets a history keeps its key, and one that loses it its last one`(
    _ dialect: Dialect
  )
    throws
  {
    let star = try Star(dialect)
    try load(star)
    let schema = Schema(
      Self.products.fields + [Field("valid_from", .timestamp), Field("valid_to", .timestamp)])
    let versioned = try products(["dimension": "scd2"], schema)
    try star.load(
      versioned,
      [
        [.string("a"), .string("na"), money(150), .timestamp(at(0)), .timestamp(at(3))],
        [.string("a"), .string("na"), money(160), .timestamp(at(3)), .null],
        [.string("c"), .string("nc"), money(150), .timestamp(at(1)), .null],
      ])
    #expect(try keys(star) == ["1|1|na|0", "2|2|nb|1", "3|3|nc|0"].map { $0 })
    #expect(
      try star.text("SELECT count(*) FROM dim_product WHERE product_key > 0 AND is_current") == [
        "3"
      ])
    try star.load(
      sales(["lookup.product_key": "dim_product(sku) AS OF moment"]),
      [sale(1, "a"), sale(2, "b"), sale(3, "c"), sale(5, "a")])
    let ofFive = "SELECT product_key FROM fact_sales WHERE line = 5"
    #expect(try star.text(ofFive) == ["4"])
    try star.load(products(), ["a", "c"].map { [.string($0), .string("n\($0)"), money(150)] })
    #expect(try keys(star) == ["1|4|na|0", "2|2|nb|1", "3|3|nc|0", "5|4|na|0"])
  }

  @Test(arguments: Star.dialects) func `a fact follows its lookups, its grain and its columns`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try load(star)
    try star.loadSmallDimensions()
    let rows = [sale(1, "a", .string("x")), sale(2, "b", .string("y"))]
    let wide = try sales(
      ["keep": "sku", "lookup.note_key": "dim_product(note)"], [Field("note", .string)])
    try star.load(wide, rows)
    #expect(
      try star.text("SELECT line, sku, product_key, note_key FROM fact_sales ORDER BY 1")
        == ["1|a|1|-1", "2|b|2|-1"])
    #expect(try star.text("SELECT count(*) FROM _waiting WHERE column_name = 'note_key'") == ["2"])
    let without = try sales(
      ["lookup.product_key": "dim_product(note)", "key": "line, sku"], [Field("note", .string)])
    try star.load(without, [sale(1, "a", .string("c")), sale(1, "b", .string("c"))])
    #expect(
      try star.text("SELECT line, sku, product_key FROM fact_sales ORDER BY 2") == [
        "1|a|3", "1|b|3",
      ])
    #expect(try star.text("SELECT DISTINCT column_name FROM _lookups") == ["product_key"])
    #expect(try star.text("SELECT count(*) FROM _waiting") == ["0"])
    #expect(try star.database.columns(ofIndex: "fact_sales_grain") == ["line", "sku"])
    #expect(try star.database.columns(of: "fact_sales").contains { $0.name == "note_key" } == false)
  }

  @Test(arguments: Star.dialects)
  func `a snapshot's days of before are not led to another dimension`(_ dialect: Dialect) throws {
    let star = try Star(dialect)
    try load(star)
    try star.loadSmallDimensions()
    let daily = ["fact": "snapshot", "snapshot.by": "moment"]
    try star.load(sales(daily), [sale(1, "a")])
    let other = daily.merging(["lookup.product_key": "dim_date(day)"]) { $1 }
    let fault = #expect(throws: Fault.self) {
      try star.load(sales(other, [Field("day", .date)]), [sale(1, "a", .null)])
    }
    #expect(fault?.kind == .configuration)
    #expect(fault?.problem.contains("product_key are keys of dim_product") == true)
    let named = daily.merging(["lookup.day_key": "dim_date(day)"]) { $1 }
    try star.load(sales(named, [Field("day", .date)]), [sale(2, "a", .null)])
    #expect(
      try star.text("SELECT line, product_key, day_key FROM fact_sales ORDER BY 1")
        == ["1|1|-1", "2|1|-3", "3|3|-1"])
  }

  @Test(arguments: Star.dialects)
  func `a version that the source fills in place keeps its row and key`(_ dialect: Dialect) throws {
    let star = try Star(dialect)
    try star.load(
      star.customers(),
      [customer("k", "Bonn", "", 0, 5), customer("k", "Ulm", "", 5, nil)])
    let outcome = try star.load(
      star.customers(),
      [customer("k", "Bonn", "", 0, 5), customer("k", "Ulm", "gold", 5, nil)])
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (0, 1, 0))
    #expect(
      try star.text("SELECT customer_key, city, tier FROM dim_customer WHERE customer_key > 0")
        == ["1|Bonn|", "2|Ulm|gold"])
  }

  @Test(arguments: Star.dialects)
  func `a member that is no longer delivered ends when that is asked for, and not for good`(
    _ dialect: Dialect
  )
    throws
  {
    let star = try Star(dialect)
    let all = [customer("k", "Bonn", "basic", 0, nil), customer("m", "Ulm", "basic", 0, nil)]
    try star.load(star.customers(), all)
    let less = try star.load(star.customers(), [all[0]], day: 9)
    #expect(less.absent == 1 && !less.isChanged)
    let ending = WarehouseLoad(
      into: star.database, run: "r", Clock(now: at(20)), siteKey: [1, 2, 3],
      endsAbsentMembers: true)
    let table = try star.customers()
    _ = try ending.load(table, from: source(table.schema, [all[0]]), inputs: "x")
    try ending.commit()
    let query =
      "SELECT customer_key, substr(CAST(valid_from AS TEXT), 1, 10), "
      + "substr(CAST(valid_to AS TEXT), 1, 10), is_deleted "
      + "FROM dim_customer WHERE customer_id = 'm' ORDER BY valid_from"
    #expect(
      try star.text(query) == ["2|1970-01-01|1970-01-21|0", "3|1970-01-21|9999-12-31|1"])
    #expect(try star.load(table, [all[0]]).absent == 0)
    try star.load(table, all)
    #expect(try star.text(query) == ["2|1970-01-01|9999-12-31|0"])
  }

  @Test func `texts of instants that were written with fewer digits are brought to one width`()
    throws
  {
    let star = try Star()
    try star.loadSmallDimensions()
    let versions = [customer("k", "Bonn", "basic", 0, 5), customer("k", "Ulm", "basic", 5, nil)]
    try star.load(star.customers(), versions)
    let sales = [Int64(1), 7].map {
      WarehouseTests.sale($0, day: $0, customer: "k", sku: "a", cents: 5)
    }
    try star.load(star.sales(), sales)
    let instants =
      "SELECT valid_from, valid_to FROM dim_customer "
      + "UNION ALL SELECT moment, moment FROM fact_sales"
    let keys = "SELECT * FROM _keys"
    let now = try star.text(instants)
    let known = try star.text(keys)
    let short = { (column: String) in
      "\(column) = CASE WHEN \(column) LIKE '%.000000Z' THEN substr(\(column), 1, 19) || 'Z' "
        + "ELSE \(column) END"
    }
    try star.database.execute(
      """
      UPDATE dim_customer SET \(short("valid_from")), \(short("valid_to"));
      UPDATE fact_sales SET \(short("moment")); UPDATE _keys SET \(short("valid_from"));
      PRAGMA user_version = 0
      """)
    #expect(try star.text(instants) != now)
    let load = WarehouseLoad(into: star.database, run: "r", Clock(now: at(0)), siteKey: nil)
    try load.renew()
    try load.commit()
    #expect(try star.text(instants) == now)
    #expect(try star.text(keys) == known)
    #expect(try star.load(star.customers(), versions).isChanged == false)
    #expect(try star.load(star.sales(), sales).isChanged == false)
  }
}
