import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// What others see of loads: a reader beside a hundred of them, and a witness of each row written.
@Suite struct WitnessTests {
  private func sales(_ cents: Int128) -> [[Scalar]] {
    (0..<60).map { sale($0, day: $0, customer: "k", sku: "a", cents: cents) }
  }

  @Test(arguments: Star.dialects)
  func `who reads during a hundred loads sees the total of before or of after`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let table = try star.sales("incremental", ["partition.month": "date_key"])
    try star.load(table, sales(1))
    let reader = RepeatedReader(
      try star.reader(),
      asking: "SELECT count(*), count(DISTINCT f.amount) FROM fact_sales f "
        + "JOIN dim_customer c USING (customer_key)")
    for cents in 2...101 { try star.load(table, sales(Int128(cents))) }
    let (rows, failures) = reader.end()
    #expect(rows.count > 10 && failures == [])
    #expect(rows.allSatisfy { $0 == [.integer(60), .integer(1)] })
    #expect(!SharedServer.log().contains("deadlock"))
  }

  @Test func `a second load writes no row of a file's dimensions and facts`() throws {
    let star = try Star(.sqlite)
    let versions = [customer("k", "Bonn", "basic", 0, 5), customer("k", "Ulm", "basic", 5, nil)]
    func loads() throws {
      try star.loadSmallDimensions()
      try star.load(star.customers(), versions)
      try star.load(star.sales(), sales(5))
    }
    try loads()
    try star.database.execute("CREATE TABLE written (name TEXT)")
    for table in ["dim_date", "dim_product", "dim_customer", "fact_sales", "_keys", "_waiting"] {
      for event in ["INSERT", "UPDATE", "DELETE"] {
        try star.database.execute(
          "CREATE TRIGGER \(table)_\(event) AFTER \(event) ON \(table) "
            + "BEGIN INSERT INTO written VALUES ('\(event) of \(table)'); END")
      }
    }
    try loads()
    #expect(try star.text("SELECT DISTINCT name FROM written") == [])
    try star.load(star.sales(), sales(6))
    #expect(try star.text("SELECT DISTINCT name FROM written") == ["UPDATE of fact_sales"])
  }
}
