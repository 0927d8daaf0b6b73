import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// What facts point to that name no member, and what becomes of members that are not here yet.
@Suite struct MissingMemberTests {
  private let star: Star

  init() throws {
    star = try Star()
    try star.loadSmallDimensions()
  }

  private static let schema = Schema([
    Field("line", .int), Field("moment", .timestamp), Field("customer_id", .string),
    Field("is_bad", .boolean), Field("amount", .decimal(precision: 18, scale: 2)),
  ])

  private func sales(_ clauses: String, _ more: [String: String] = [:]) throws -> WarehouseTable {
    let properties = [
      "fact": "incremental", "key": "line",
      "lookup.customer_key": "dim_customer(customer_id) AS OF moment\(clauses)",
    ]
    return try WarehouseTable(
      "fact_sales", properties: properties.merging(more) { $1 }, schema: Self.schema,
      at: star.files)
  }

  private func sale(
    _ line: Int64, _ customer: String?, day: Int64 = 5, isBad: Bool = false, cents: Int128 = 100
  ) -> [Scalar] {
    [
      .integer(line), .timestamp(at(day)), customer.map { .string($0) } ?? .null, .boolean(isBad),
      money(cents),
    ]
  }

  private var keys: [String] {
    get throws { try star.text("SELECT line, customer_key FROM fact_sales ORDER BY line") }
  }

  private func members() throws -> [String] {
    try star.text(
      "SELECT customer_key, customer_id, city, valid_from, is_inferred, is_deleted "
        + "FROM dim_customer WHERE customer_key > 0 ORDER BY 1")
  }

  @Test func `every dimension has four reserved members, in words and without numbers`() throws {
    #expect(
      try star.text("SELECT product_key, name, price FROM dim_product WHERE product_key < 0")
        == [
          "-4|Invalid|NULL", "-3|Missing|NULL", "-2|Not applicable|NULL", "-1|Unknown|NULL",
        ])
    #expect(try star.database.integer("SELECT count(*) FROM dim_date WHERE date_key < 0") == 4)
  }

  @Test(arguments: [
    ("", "-3 -3 -1"), (" NOT APPLICABLE IF NULL", "-2 -3 -1"),
    (" not applicable if null or blank INVALID IF is_bad", "-2 -2 -4"),
  ])
  func `a fact without a key says why`(_ clauses: String, _ expected: String) throws {
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let rows = [sale(1, nil), sale(2, "  "), sale(3, "x", isBad: true), sale(4, "k")]
    let wanted = expected.split(separator: " ").enumerated().map { "\($0 + 1)|\($1)" } + ["4|1"]
    try star.load(sales(clauses), rows)
    #expect(try keys == wanted)
    try star.load(sales(clauses), rows + [sale(5, nil)])
    #expect(try keys.prefix(4) == wanted[...])
    let waiting = try star.text("SELECT natural_key FROM _waiting")
    #expect(waiting == (expected.hasSuffix("-1") ? ["x"] : []))
  }

  @Test func `a blank key that a member has is that member`() throws {
    try star.load(star.customers(), [customer("", "Bonn", "basic", 0, nil)])
    try star.load(sales(""), [sale(1, ""), sale(2, " ")])
    #expect(try keys == ["1|1", "2|-3"])
  }

  @Test func `a warehouse of before gets the reserved members that it lacks`() throws {
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    try star.database.execute("DELETE FROM dim_customer WHERE customer_key < -2")
    try star.load(sales(""), [sale(1, nil)])
    #expect(
      try star.text(
        "SELECT customer_key, customer_id, city FROM fact_sales JOIN dim_customer "
          + "USING (customer_key)") == ["-3|Missing|Missing"])
    #expect(try star.database.integer("SELECT count(*) FROM dim_customer") == 5)
  }

  @Test func `an inferred member is filled in place when the true one comes`() throws {
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let outcome = try star.load(
      sales(" ELSE INFER"), [sale(1, "new"), sale(2, "k"), sale(3, "new")])
    #expect(outcome.inferred == 1)
    #expect(try keys == ["1|2", "2|1", "3|2"])
    let start = "0001-01-01T00:00:00.000000Z"
    #expect(try members().last == "2|new|NULL|\(start)|1|0")
    #expect(try star.text("SELECT * FROM _waiting") == [])
    #expect(
      try star.load(sales(" ELSE INFER"), [sale(1, "new"), sale(2, "k"), sale(3, "new")])
        .isChanged == false)
    // Neither a load without it nor one that ends what is absent touches it.
    for ending in [false, true] {
      let quiet = try star.load(
        star.customers(), [customer("k", "Bonn", "basic", 0, nil)], endingAbsent: ending)
      #expect(!quiet.isChanged && quiet.absent == 0)
    }
    try star.load(
      star.customers(),
      [customer("k", "Bonn", "basic", 0, nil), customer("new", "Ulm", "gold", 3, nil)])
    #expect(
      try members().last == "2|new|Ulm|\(at(3).description.dropLast())|0|0"
        || members().last?.hasPrefix("2|new|Ulm|1970-01-04") == true)
    #expect(try keys == ["1|2", "2|1", "3|2"])
    #expect(try star.text("SELECT count(*) FROM _rekeyed") == ["0"])
  }

  @Test func `an inferred member that nobody describes is told after thirty days`() throws {
    let table = try sales(" ELSE INFER")
    let customers = [customer("a", "Bonn", "basic", 0, nil)]
    try star.load(star.customers(), customers)
    let rows = [sale(1, "a"), sale(2, "early")]
    #expect(try star.load(table, rows, day: 100).inferred == 1)
    #expect(try star.load(table, rows, day: 130).agedInferred == 0)
    #expect(try star.load(table, rows, day: 131).agedInferred == 1)
    func report() throws -> [[Scalar]] { try FactReport(.inferred, in: star.database).rows }
    #expect(
      try report() == [
        [
          .string("dim_customer"), .string("early"), .integer(2),
          .string("1970-04-11T00:00:00.000000Z"),
        ]
      ])
    func waiting() throws -> [WaitingMembers] { try WaitingMembers.all(in: star.database) }
    #expect(try waiting().map(\.dimension) == ["dim_customer"])
    #expect(try waiting().map(\.since.description) == ["1970-04-11T00:00:00Z"])
    #expect(try waiting().map(\.count) == [1])
    try star.load(star.customers(), customers + [customer("early", "Ulm", "basic", 3, nil)])
    #expect(try star.load(table, rows, day: 131).agedInferred == 0)
    #expect(try report() == [])
    #expect(try waiting() == [])
  }

  @Test(arguments: Star.dialects)
  func `of single rows those wait no more that know their member or are gone`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("a", "Bonn", "basic", 0, nil)])
    let table = try star.sales()
    func line(_ number: Int64, _ customer: String) -> [Scalar] {
      WarehouseTests.sale(number, day: 5, customer: customer, sku: "a", cents: 5)
    }
    try star.load(table, [line(1, "x"), line(2, "y"), line(3, "z")])
    let gone = source(Schema([Field("line", .int)]), [[.integer(2)]])
    try star.load(table, [line(1, "a"), line(4, "w")], scope: .keys, keys: gone)
    #expect(try star.text("SELECT natural_key FROM _waiting ORDER BY 1") == ["w", "z"])
  }

  @Test func `facts of an inferred member find their own version once it has several`() throws {
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    try star.load(sales(" ELSE INFER"), [sale(1, "new", day: 5), sale(2, "new", day: 50)])
    let outcome = try star.load(
      star.customers(),
      [
        customer("k", "Bonn", "basic", 0, nil), customer("new", "Ulm", "gold", 3, 20),
        customer("new", "Kiel", "gold", 20, nil),
      ])
    #expect(outcome.rekeyed == 1)
    #expect(try keys == ["1|2", "2|3"])
    #expect(
      try star.text("SELECT from_key, to_key, row_count, measures FROM _rekeyed")
        == [#"2|3|1|{"amount":"1.00"}"#])
    // Made anew, the dimension has the same keys.
    try star.database.execute("DROP TABLE dim_customer")
    try star.load(
      star.customers(),
      [
        customer("k", "Bonn", "basic", 0, nil), customer("new", "Ulm", "gold", 3, 20),
        customer("new", "Kiel", "gold", 20, nil),
      ])
    #expect(try keys == ["1|2", "2|3"])
  }

  @Test func `a dimension may say for all its facts, and one without history infers too`() throws {
    let products = try WarehouseTable(
      "dim_product", properties: ["dimension": "scd1", "key": "sku", "on_unknown": "infer"],
      schema: star.products().schema, at: star.files)
    let rows: [[Scalar]] = ["a", "b", "c"].map { [.string($0), .string("product \($0)"), .null] }
    try star.load(products, rows)
    let fact = try WarehouseTable(
      "fact_lines",
      properties: ["fact": "incremental", "key": "line", "lookup.product_key": "dim_product(sku)"],
      schema: Schema([Field("line", .int), Field("sku", .string)]), at: star.files)
    try star.load(fact, [[.integer(1), .string("z")], [.integer(2), .string("y")]])
    #expect(try star.text("SELECT line, product_key FROM fact_lines ORDER BY 1") == ["1|5", "2|4"])
    #expect(try star.load(products, rows).deleted == 0)
    try star.load(products, rows + [[.string("z"), .string("zeta"), .null]])
    #expect(
      try star.text(
        "SELECT product_key, name, is_inferred, is_deleted FROM dim_product "
          + "WHERE product_key > 3 ORDER BY 1") == ["4|NULL|1|0", "5|zeta|0|0"])
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let fault = #expect(throws: Fault.self) {
      try star.load(
        star.sales("incremental", ["lookup.date_key": "dim_date(day) ELSE INFER"]), [])
    }
    #expect(fault?.kind == .configuration && fault?.problem.contains("static") == true)
  }

  @Test func `a suspended fact comes in when its member arrives, and is counted apart till then`()
    throws
  {
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let suspending = try sales(" ELSE SUSPEND")
    let rows = [sale(1, "k"), sale(2, "late", cents: 1_230), sale(3, "later", cents: 5)]
    let outcome = try star.load(suspending, rows, day: 1)
    #expect(
      (outcome.suspended, outcome.suspendedMeasures, outcome.rowCount) == (2, "amount 12.35", 1))
    #expect(try keys == ["1|1"])
    let report = try FactReport(.suspended, in: star.database)
    #expect(report.rows.map { "\($0[2]) \($0[3]) \($0[4]) \($0[5])" }.joined().contains("12.30"))
    // What the source takes back is gone, what it corrects is corrected, and age is kept.
    try star.load(suspending, [rows[0], sale(2, "late", cents: 1_000)], day: 2)
    #expect(
      try star.text("SELECT natural_key, suspended_at FROM _suspended")
        == ["late|1970-01-02T00:00:00.000000Z"])
    let arrived = try star.load(
      star.customers(),
      [customer("k", "Bonn", "basic", 0, nil), customer("late", "Ulm", "gold", 3, nil)])
    #expect(arrived.rekeyed == 1)
    #expect(
      try star.text("SELECT line, customer_key, amount FROM fact_sales ORDER BY 1")
        == ["1|1|1", "2|2|10"])
    #expect(try star.text("SELECT * FROM _suspended") == [])
    let last = try star.load(suspending, [rows[0], sale(2, "late", cents: 1_000)])
    #expect(!last.isChanged && last.rowCount == 2)
  }

  @Test func `all rows may be suspended, and the fact may change its form meanwhile`() throws {
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    try star.load(sales(" ELSE SUSPEND"), [sale(1, "late"), sale(2, "later")])
    #expect(try keys == [])
    let more = try sales(" ELSE SUSPEND", ["keep": "customer_id"])
    try star.load(more, [sale(1, "late"), sale(2, "later"), sale(3, "k")])
    #expect(try keys == ["3|1"])
    try star.load(sales(""), [sale(1, "late"), sale(2, "later"), sale(3, "k")])
    #expect(try keys == ["1|-1", "2|-1", "3|1"])
    #expect(try star.text("SELECT * FROM _suspended") == [])
  }

  @Test(arguments: [
    " ELSE", " ELSE GUESS", " NOT APPLICABLE", " INVALID IF line", " AS OF moment",
    " ELSE INFER ELSE INFER",
  ])
  func `a clause that is none is refused where it stands`(_ clauses: String) throws {
    let fault = #expect(throws: Fault.self) { try sales(clauses) }
    #expect(fault?.kind == .configuration && fault?.problem.contains("customer_key") == true)
  }
}
