import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// How corrections, deletes and the passing of time reach facts.
@Suite struct FactCorrectionTests {
  private let star: Star

  init() throws {
    star = try Star()
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
  }

  private func line(_ line: Int64, _ cents: Int128, day: Int64 = 1, _ sku: String = "a") -> [Scalar]
  {
    sale(line, day: day, customer: "k", sku: sku, cents: cents)
  }

  private func rows() throws -> [String] {
    try star.text(
      "SELECT line, amount, revision, reversed_in, is_reversal FROM fact_sales "
        + "ORDER BY line, revision, is_reversal DESC")
  }

  private func total() throws -> Int {
    try star.database.integer("SELECT sum(CAST(round(amount * 100) AS INTEGER)) FROM fact_sales")
  }

  private func reversing() throws -> WarehouseTable {
    try star.sales("incremental", ["on_delete": "reverse", "measures": "amount"])
  }

  @Test func `a correction is a reversal and a new row, a delete a reversal alone`() throws {
    let fact = try reversing()
    try star.load(fact, [line(1, 500), line(2, 700), line(3, 11)])
    let first = try star.database.integer("SELECT max(load_id) FROM _ledger")
    let outcome = try star.load(fact, [line(1, 600), line(3, 11), line(4, 1)])
    let second = first + 1
    #expect((outcome.inserted, outcome.updated, outcome.deleted, outcome.rowCount) == (1, 1, 1, 3))
    #expect(
      try rows() == [
        "1|5|\(first)|\(second)|0", "1|-5|\(second)|\(second)|1", "1|6|\(second)|NULL|0",
        "2|7|\(first)|\(second)|0", "2|-7|\(second)|\(second)|1", "3|0.11|\(first)|NULL|0",
        "4|0.01|\(second)|NULL|0",
      ])
    #expect(try total() == 612)
    #expect(
      try star.database.integer(
        "SELECT sum(CAST(round(amount * 100) AS INTEGER)) FROM fact_sales "
          + "WHERE revision <= \(first)") == 1_211)
    #expect(try star.load(fact, [line(1, 600), line(3, 11), line(4, 1)]).isChanged == false)
    // A grain that was taken back may come again.
    try star.load(
      fact, [line(2, 9)], scope: .keys, keys: source(Schema([Field("line", .int)]), [[.integer(4)]])
    )
    #expect(try total() == 620)
    #expect(
      try star.text("SELECT line FROM fact_sales WHERE reversed_in IS NULL ORDER BY 1")
        == ["1", "2", "3"])
  }

  @Test func `reversals follow a member that arrives late, and go with their form`() throws {
    let fact = try reversing()
    func sold(_ cents: Int128) -> [Scalar] {
      sale(1, day: 5, customer: "late", sku: "a", cents: cents)
    }
    try star.load(fact, [sold(100)])
    try star.load(fact, [sold(300)])
    try star.load(
      star.customers(),
      [customer("k", "Bonn", "basic", 0, nil), customer("late", "Ulm", "gold", 3, nil)])
    #expect(try star.text("SELECT DISTINCT customer_key FROM fact_sales") == ["2"])
    #expect(try star.text("SELECT sum(row_count), sum(from_key) FROM _rekeyed") == ["3|-1"])
    try star.load(star.sales(), [sold(300)])
    #expect(try star.text("SELECT line, amount FROM fact_sales") == ["1|3"])
    try star.load(fact, [sold(400)])
    #expect(try total() == 400)
    #expect(try star.database.integer("SELECT count(*) FROM fact_sales") == 3)
  }

  @Test(arguments: [
    (["on_delete": "reverse"], "measures"), (["on_delete": "undo"], "reverse"),
    (["measures": "day"], "not stored"), (["measures": "moment"], "TIMESTAMP"),
    (["seal": "soon", "seal.by": "day"], "35 days"), (["seal": "5 days"], "seal.by"),
    (["seal.by": "day"], "nothing is sealed"), (["milestones": "amount"], "accumulating"),
    (["undo": "amount"], "BOOLEAN"), (["status_order": "amount: a, b"], "STRING"),
  ])
  func `what is wrong with a fact's properties is named`(
    _ properties: [String: String], _ word: String
  ) throws {
    let fault = #expect(throws: Fault.self) { try star.sales("incremental", properties) }
    #expect(fault?.kind == .configuration)
    let told = [fault?.problem, fault?.remedy].compactMap(\.self).joined(separator: "; ")
    #expect(told.contains(word), "\(told)")
  }

  @Test func `a late version re-keys its facts, and the receipt says what moved`() throws {
    try star.load(
      star.sales(), (1...6).map { line($0, Int128($0) * 100, day: $0 * 10) })
    let outcome = try star.load(
      star.customers(),
      [
        customer("k", "Bonn", "basic", 0, 25), customer("k", "Ulm", "basic", 25, 45),
        customer("k", "Kiel", "basic", 45, nil),
      ], day: 70)
    #expect(outcome.rekeyed == 4)
    let receipts = try star.text(
      "SELECT dimension, fact, column_name, from_key, to_key, row_count, measures FROM _rekeyed")
    #expect(
      receipts == [
        #"dim_customer|fact_sales|customer_key|1|2|2|{"amount":"7.00"}"#,
        #"dim_customer|fact_sales|customer_key|1|3|2|{"amount":"11.00"}"#,
      ])
    for (key, cents) in [(1, 300), (2, 700), (3, 1_100)] {
      #expect(
        try star.database.integer(
          "SELECT sum(CAST(round(amount * 100) AS INTEGER)) FROM fact_sales "
            + "WHERE customer_key = \(key)") == cents)
    }
    #expect(
      try star.text(
        "SELECT rows_rekeyed FROM _ledger WHERE table_name = 'dim_customer' "
          + "ORDER BY load_id DESC LIMIT 1")
        == star.text("SELECT sum(row_count) FROM _rekeyed"))
  }

  @Test func `facts of before the first version count when an earlier one arrives`() throws {
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 30, nil)])
    try star.load(star.sales(), [line(1, 100, day: 10), line(2, 200, day: 40)])
    let outcome = try star.load(
      star.customers(),
      [customer("k", "Ulm", "basic", 5, 30), customer("k", "Bonn", "basic", 30, nil)])
    #expect(outcome.rekeyed == 1)
    #expect(try star.text("SELECT row_count, measures FROM _rekeyed") == [#"1|{"amount":"1.00"}"#])
  }

  @Test func `a sealed day changes only when it is reopened, and says why`() throws {
    let fact = try star.sales("incremental", ["seal": "35 days", "seal.by": "day"])
    let rows = [line(1, 100, day: 1), line(2, 200, day: 50), line(3, 300, day: 51)]
    try star.load(fact, rows, day: 60)
    #expect(
      try star.text("SELECT period, revision, rows_changed FROM _periods") == [
        "1970-01-02|1|1", "1970-02-20|1|1", "1970-02-21|1|1",
      ])
    let changed = [line(1, 150, day: 1), line(2, 250, day: 50), line(4, 9, day: 2)]
    let fault = #expect(throws: Fault.self) { try star.load(fact, changed, day: 60) }
    #expect(fault?.kind == .verdict)
    #expect(
      fault?.problem
        == "fact_sales: sealed periods would change: 1970-01-02 (1 row, amount 0.50), "
        + "1970-01-03 (1 row, amount 0.09)")
    #expect(fault?.remedy.contains("--reopen 1970-01-02") == true)
    #expect(try star.database.integer("SELECT count(*) FROM fact_sales") == 3)
    let half = Reopening(["1970-01-02"], why: "late invoices")
    #expect(throws: Fault.self) { try star.load(fact, changed, day: 60, reopening: half) }
    try star.load(fact, changed, day: 60, reopening: Reopening(["1970-01"], why: "late invoices"))
    #expect(
      try star.text(
        "SELECT period, revision, rows_changed, measures, why FROM _periods WHERE rows_changed > 0 "
          + "AND (revision > 1 OR period = '1970-01-03') ORDER BY period")
        == [
          #"1970-01-02|2|1|{"amount":"0.50"}|late invoices"#,
          #"1970-01-03|1|1|{"amount":"0.09"}|late invoices"#,
          #"1970-02-20|2|1|{"amount":"0.50"}|NULL"#, #"1970-02-21|2|1|{"amount":"-3.00"}|NULL"#,
        ])
    // What is as it was needs no leave, and a row may not leave a sealed day either.
    #expect(try star.load(fact, changed, day: 60).isChanged == false)
    let moved = [line(1, 150, day: 55), line(2, 250, day: 50), line(4, 9, day: 2)]
    #expect(throws: Fault.self) { try star.load(fact, moved, day: 60) }
    #expect(throws: Fault.self) { try star.load(fact, Array(changed.dropFirst()), day: 60) }
  }

  @Test func `a snapshot's day is recorded as loaded, also one without rows`() throws {
    let fact = try star.sales("snapshot", ["snapshot.by": "date_key"])
    func day(_ number: Int32) -> LoadScope {
      .partitions(column: "day", values: [.date(CivilDate(dayNumber: number))])
    }
    try star.load(fact, [], scope: day(1))
    try star.load(fact, [line(1, 5, day: 2)], scope: day(2))
    try star.load(fact, [line(1, 5, day: 2)], scope: day(2))
    try star.load(fact, [line(1, 6, day: 2), line(2, 6, day: 2)], scope: day(2))
    try star.load(fact, [], scope: day(3))
    #expect(
      try star.text("SELECT period, revision, rows_changed FROM _periods ORDER BY 1, 2") == [
        "1970-01-02|1|0", "1970-01-03|1|1", "1970-01-03|2|2", "1970-01-04|1|0",
      ])
  }
}

/// How the row of a process moves on.
@Suite struct MilestoneTests {
  private static let schema = Schema([
    Field("id", .int), Field("status", .string), Field("shipped_at", .timestamp),
    Field("hours", .decimal(precision: 12, scale: 2)), Field("is_undone", .boolean),
  ])

  private func row(
    _ status: String, _ shipped: Int64?, _ hours: Int128?, undone: Bool = false
  ) -> [Scalar] {
    [
      .integer(1), .string(status), shipped.map { .timestamp(at($0)) } ?? .null,
      hours.map { money($0) } ?? .null, .boolean(undone),
    ]
  }

  @Test func `what was reached stays reached, unless the source takes it back`() throws {
    let star = try Star()
    let fact = try WarehouseTable(
      "fact_orders",
      properties: [
        "fact": "accumulating", "key": "id", "milestones": "shipped_at, hours",
        "status_order": "status: placed, paid, shipped", "undo": "is_undone",
      ], schema: Self.schema, at: star.files)
    func after(_ row: [Scalar]) throws -> String {
      try star.load(fact, [row])
      return try star.text("SELECT status, substr(shipped_at, 1, 10), hours FROM fact_orders")[0]
    }
    #expect(try after(row("placed", nil, nil)) == "placed|NULL|NULL")
    #expect(try after(row("shipped", 3, 150)) == "shipped|1970-01-04|1.5")
    #expect(try after(row("paid", nil, nil)) == "shipped|1970-01-04|1.5")
    #expect(try star.load(fact, [row("paid", nil, nil)]).isChanged == false)
    #expect(try after(row("shipped", 2, 100)) == "shipped|1970-01-03|1")
    #expect(try after(row("cancelled", nil, nil)) == "cancelled|1970-01-03|1")
    #expect(try after(row("paid", nil, nil, undone: true)) == "paid|NULL|NULL")
    #expect(
      try star.text(
        "SELECT name FROM pragma_table_info('fact_orders') "
          + "WHERE name = 'is_undone'") == [])
  }
}
