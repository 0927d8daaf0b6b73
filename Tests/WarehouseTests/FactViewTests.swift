import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// The views beside a fact.
@Suite struct FactViewTests {
  private let star: Star

  init() throws {
    star = try Star()
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
  }

  private func cities(_ view: String) throws -> [String] {
    try star.text("SELECT line, customer_city FROM fact_sales_\(view) ORDER BY line")
  }

  @Test func `a fact is shown with its members as they were, are, and were known`() throws {
    let fact = try star.sales("incremental", ["views": "as_was, as_is, as_known"])
    let rows = [
      sale(1, day: 5, customer: "k", sku: "a", cents: 1),
      sale(2, day: 30, customer: "k", sku: nil, cents: 2),
      sale(3, day: 30, customer: "late", sku: "b", cents: 4),
    ]
    try star.load(fact, rows)
    #expect(try cities("as_was") == ["1|Bonn", "2|Bonn", "3|Unknown"])
    try star.load(
      star.customers(),
      [
        customer("k", "Bonn", "basic", 0, 20), customer("k", "Ulm", "basic", 20, 40),
        customer("k", "Kiel", "basic", 40, nil), customer("late", "Jena", "gold", 0, nil),
      ])
    #expect(try cities("as_was") == ["1|Bonn", "2|Ulm", "3|Jena"])
    #expect(try cities("as_is") == ["1|Kiel", "2|Kiel", "3|Jena"])
    #expect(try cities("as_known") == ["1|Bonn", "2|Bonn", "3|Unknown"])
    #expect(
      try star.text("SELECT line, product_name, date_name, amount FROM fact_sales_as_is")
        == ["1|product a|day 5|0.01", "2|Missing|day 30|0.02", "3|product b|day 30|0.04"])
    try star.load(fact, [rows[1]])
    #expect(try star.text("SELECT DISTINCT fact_id FROM _first_keys") == ["2"])
    // The job asks for one of them only.
    try star.load(star.sales("incremental", ["views": "as_is"]), [rows[1]])
    #expect(try cities("as_is") == ["2|Kiel"])
    #expect(throws: Fault.self) { try cities("as_was") }
    #expect(try star.text("SELECT * FROM _first_keys") == [])
  }

  @Test func `a view of somebody's own is left alone, and one follows its fact`() throws {
    try star.load(star.sales(), [sale(1, day: 5, customer: "k", sku: "a", cents: 1)])
    try star.database.execute("CREATE VIEW fact_sales_as_is AS SELECT 1 AS own")
    let fact = try star.sales("incremental", ["views": "as_was, as_is", "keep": "sku"])
    try star.load(fact, [sale(1, day: 5, customer: "k", sku: "a", cents: 1)])
    #expect(try star.text("SELECT own FROM fact_sales_as_is") == ["1"])
    #expect(try star.text("SELECT sku, product_sku FROM fact_sales_as_was") == ["a|a"])
  }

  @Test func `an audited fact says which load wrote a row, and how its keys were found`() throws {
    let fact = try star.sales(
      "incremental",
      [
        "audit": "true",
        "lookup.customer_key": "dim_customer(customer_id) AS OF moment NOT APPLICABLE IF NULL",
        "lookup.product_key": "dim_product(sku) ELSE INFER",
      ])
    try star.load(
      star.customers(),
      [customer("k", "Bonn", "basic", 10, nil), customer("gone", "Ulm", "basic", 0, 20)])
    let rows = [
      sale(1, day: 15, customer: "k", sku: "a", cents: 1),
      sale(2, day: 5, customer: "k", sku: "new", cents: 1),
      sale(3, day: 30, customer: "gone", sku: nil, cents: 1),
      sale(4, day: 30, customer: "late", sku: "a", cents: 1),
      sale(5, day: 30, customer: nil, sku: "", cents: 1),
    ]
    try star.load(fact, rows)
    let first = try star.database.integer("SELECT max(load_id) FROM _ledger")
    let statuses = "SELECT line, customer_status, product_status, date_status FROM fact_sales_audit"
    #expect(
      try star.text(statuses) == [
        "1|exact|exact|exact", "2|before_first|inferred|exact", "3|deleted_member|missing|exact",
        "4|unknown|exact|exact", "5|not_applicable|missing|exact",
      ])
    try star.load(
      fact, Array(rows.dropLast()) + [sale(5, day: 31, customer: nil, sku: "b", cents: 1)])
    #expect(
      try star.text(
        "SELECT audit_key - \(first), count(*), min(audit_run_id) FROM fact_sales_audit GROUP BY 1")
        == ["0|4|run 5", "1|1|run 6"])
    #expect(
      try star.text("SELECT fact, run_id, build FROM dim_audit ORDER BY audit_key")
        == [
          "Unknown|Unknown|Unknown", "fact_sales|run 5|\(Medallion.version)",
          "fact_sales|run 6|\(Medallion.version)",
        ])
    // Rows of before a fact was audited say so.
    let plain = try Star()
    try plain.loadSmallDimensions()
    try plain.load(plain.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    try plain.load(plain.sales(), [rows[0]])
    try plain.load(plain.sales("incremental", ["audit": "true"]), [rows[0]])
    #expect(try plain.text("SELECT audit_key, audit_fact FROM fact_sales_audit") == ["-1|Unknown"])
  }

  @Test func `stock is summed over places on the last day, and is called otherwise over days`()
    throws
  {
    let fact = try star.sales(
      "snapshot",
      ["snapshot.by": "date_key", "semi_additive": "amount", "views": "as_was", "key": "line, day"])
    func day(_ day: Int32, _ rows: [[Scalar]]) throws {
      try star.load(
        fact, rows,
        scope: .partitions(column: "day", values: [.date(CivilDate(dayNumber: day))]))
    }
    try day(1, [sale(1, day: 1, customer: "k", sku: "a", cents: 500)])
    try day(
      2,
      [
        sale(1, day: 2, customer: "k", sku: "a", cents: 300),
        sale(2, day: 2, customer: "k", sku: "b", cents: 100),
      ])
    #expect(try star.text("SELECT sum(amount) FROM fact_sales_last_day") == ["4"])
    #expect(try star.text("SELECT max(amount_of_day) FROM fact_sales_as_was") == ["5"])
    #expect(throws: Fault.self) { try star.text("SELECT sum(amount) FROM fact_sales_as_was") }
  }
}
