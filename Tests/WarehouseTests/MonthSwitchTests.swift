import Columnar
import Core
import Database
import PostgreSQL
import TestSupport
import Testing
import Warehouse

/// Facts that a server parts by months: how months come, are switched and are read meanwhile.
@Suite(.enabled(if: PostgreSQLServer.programs != nil, "no PostgreSQL server to start here"))
struct MonthSwitchTests {
  private let star: Star
  private let table: WarehouseTable

  init() throws {
    star = try Star(.postgresql)
    table = try star.sales("incremental", ["partition.month": "date_key"])
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
  }

  private func sales(_ days: some Sequence<Int64>, cents: Int128 = 5) -> [[Scalar]] {
    days.enumerated().map {
      sale(Int64($0.offset), day: $0.element, customer: "k", sku: "a", cents: cents)
    }
  }

  private func partitions() throws -> [String] {
    try star.text(
      "SELECT relname::text FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY relname")
  }

  @Test func `months come as they are met, without one for all else`() throws {
    // Days 0 to 99 are January to April of 1970; day 200 is not in the calendar.
    try star.load(table, sales([0, 31, 59, 99, 200]))
    #expect(
      try partitions() == [
        "fact_sales_1970_01", "fact_sales_1970_02", "fact_sales_1970_03", "fact_sales_1970_04",
        "fact_sales_undated",
      ])
    #expect(
      try star.text("SELECT line, date_key FROM fact_sales_1970_02") == ["1|19700201"])
    #expect(try star.text("SELECT line, date_key FROM fact_sales_undated") == ["4|-1"])
    let again = try star.load(table, sales([0, 31, 59, 99, 200]))
    #expect(!again.isChanged)
  }

  @Test func `a sale that moves to another month is one sale there`() throws {
    try star.load(table, sales([0, 1, 2, 31]))
    var rows = sales([0, 1, 2, 31])
    rows[0] = sale(0, day: 62, customer: "k", sku: "a", cents: 5)
    let outcome = try star.load(table, rows)
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (0, 1, 0))
    #expect(
      try star.text("SELECT line, date_key FROM fact_sales ORDER BY 1")
        == ["0|19700304", "1|19700102", "2|19700103", "3|19700201"])
  }

  @Test func `a month of which most is other is built anew, with keys, indexes and checks`() throws
  {
    try star.load(table, sales(0..<60))
    let numbers = "SELECT line, fact_sales_id FROM fact_sales ORDER BY 1"
    let before = try star.text(numbers)
    let outcome = try star.load(table, sales(0..<60, cents: 7))
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (0, 60, 0))
    #expect(try star.text(numbers) == before)
    #expect(try star.text("SELECT sum(amount) FROM fact_sales") == ["4.2"])
    let foreign = #expect(throws: Fault.self) {
      try star.database.execute(
        "BEGIN; UPDATE fact_sales_1970_01 SET product_key = 77; SET CONSTRAINTS ALL IMMEDIATE")
    }
    #expect(foreign?.kind == .verdict)
    try star.database.execute("ROLLBACK")
    let shapes = "SELECT count(*) FROM pg_index WHERE indrelid = 'fact_sales_1970_0%'::regclass"
    let counts = try [1, 2].map { try star.text(shapes.replacing("%", with: "\($0)")) }
    #expect(counts[0] == ["5"] && counts[1] == counts[0])
  }

  @Test func `what a delivery does not speak for stays in a month that is built`() throws {
    try star.load(table, sales(0..<31))
    let days = (0..<20).map { CivilDate(dayNumber: $0) }
    let scope = LoadScope.partitions(column: "day", values: days.map { .date($0) })
    let outcome = try star.load(table, Array(sales(0..<18, cents: 9)), scope: scope)
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (0, 18, 2))
    #expect(try star.text("SELECT count(*), sum(amount) FROM fact_sales") == ["29|2.17"])
    #expect(outcome.rowCount == 29)
  }

  @Test func `a date that arrives late leads its facts to their month`() throws {
    try star.load(table, sales([5, 120]))
    let days = [Int32(5), 120].map { day -> [Scalar] in
      let (year, month, date) = CivilDate(dayNumber: day).components
      return [
        .integer(Int64(year * 10_000 + month * 100 + date)), .date(CivilDate(dayNumber: day)),
        .string("day"),
      ]
    }
    #expect(try star.load(star.dates(), days).rekeyed == 1)
    #expect(
      try star.text("SELECT line, date_key FROM fact_sales_1970_05") == ["1|19700501"])
  }

  @Test func `a question for one month reads one part`() throws {
    try star.load(table, sales(0..<99))
    let plan = try star.text(
      "EXPLAIN SELECT sum(amount) FROM fact_sales WHERE date_key BETWEEN 19700201 AND 19700228")
    let parts = plan.filter { $0.contains("fact_sales_1970") }
    #expect(!parts.isEmpty && parts.allSatisfy { $0.contains("fact_sales_1970_02") }, "\(plan)")
    #expect(
      try star.text("SELECT reltuples FROM pg_class WHERE relname = 'fact_sales_1970_02'") == ["28"]
    )
  }

  @Test func `a fact gets parts, and loses them, with its rows`() throws {
    try star.load(star.sales(), sales([0, 31]))
    try star.load(table, sales([0, 31]))
    #expect(try partitions() == ["fact_sales_1970_01", "fact_sales_1970_02"])
    #expect(try star.load(star.sales(), sales([0, 31])).isChanged == false)
    #expect(try partitions() == [])
    #expect(try star.text("SELECT count(*) FROM fact_sales") == ["2"])
  }

  @Test func `numbers that are no days are told`() throws {
    let other = try star.sales("incremental", ["partition.month": "product_key"])
    try star.load(star.products(), (0..<150).map { [.string("p\($0)"), .null, .null] })
    let fault = #expect(throws: Fault.self) {
      try star.load(other, [sale(1, day: 1, customer: "k", sku: "p99", cents: 5)])
    }
    #expect(fault?.kind == .verdict)
    #expect(fault?.problem.contains("product_key has numbers such as") == true)
  }

  @Test func `who reads while months are switched sees the old total or the new`() throws {
    try star.load(table, sales(0..<60, cents: 1))
    let reader = RepeatedReader(
      try star.reader(),
      asking: "SELECT count(*), count(DISTINCT f.amount) FROM fact_sales f "
        + "JOIN dim_customer c USING (customer_key)")
    // Two months each time.
    for cents in 2...51 { try star.load(table, sales(0..<60, cents: Int128(cents))) }
    let (rows, failures) = reader.end()
    #expect(rows.count > 10 && failures == [])
    // 60 rows of one price: never some of the old and some of the new.
    #expect(rows.allSatisfy { $0 == [.integer(60), .integer(1)] })
    #expect(!SharedServer.log().contains("deadlock"))
  }
}
