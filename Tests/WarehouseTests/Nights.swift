import Columnar
import Core
import Database
import TestSupport
import Warehouse

/// Two nights of a small star, of `count` customers and as many sales: the first fills it, in the
/// second all that can happen happens to each of them.
struct Nights {
  let star: Star
  var count = 4

  /// What a reader sees, and what the loader remembers; numbers aside that a database gives.
  static func content(of database: any LoadingConnection, _ star: Star) throws -> [String] {
    var content: [String] = []
    for table in ["dim_customer", "dim_product", "dim_date", "_keys", "_lookups", "_periods"] {
      content += try star.dump(table, in: database)
    }
    content += try star.dump("fact_sales", without: "fact_sales_id", in: database)
    for text in [
      // Loads are numbered, also those that are made again.
      "SELECT product_key, customer_key, line, moment, amount, is_reversal, reversed_in IS NULL "
        + "FROM fact_returns ORDER BY 3, 5, 6, 7",
      "SELECT fact, column_name, natural_key FROM _waiting ORDER BY 1, 2, 3",
      "SELECT fact, column_name, natural_key FROM _suspended ORDER BY 1, 2, 3",
      "SELECT dimension, natural_key, surrogate FROM _inferred_members ORDER BY 1, 2",
      "SELECT dimension, fact, column_name, from_key, to_key, row_count, measures FROM _rekeyed "
        + "ORDER BY 1, 2, 3, 4, 5",
    ] { content += try star.text(text, in: database) }
    return content
  }

  private func sales() throws -> WarehouseTable {
    try star.sales(
      "incremental",
      [
        "partition.month": "date_key", "views": "as_was, as_is, as_known", "seal": "90 days",
        "seal.by": "day", "keep": "day",
        "lookup.customer_key": "dim_customer(customer_id) AS OF moment ELSE INFER",
      ])
  }

  private func returns() throws -> WarehouseTable {
    try WarehouseTable(
      "fact_returns",
      properties: [
        "fact": "incremental", "key": "line", "on_delete": "reverse", "measures": "amount",
        "lookup.product_key": "dim_product(sku) ELSE SUSPEND",
        "lookup.customer_key": "dim_customer(customer_id) AS OF moment",
      ], schema: Star.saleSchema, at: star.files)
  }

  private func days() -> [[Scalar]] {
    (0..<Int32(100)).map { day in
      let date = CivilDate(dayNumber: day)
      let (year, month, dayOfMonth) = date.components
      return [
        .integer(Int64(year * 10_000 + month * 100 + dayOfMonth)), .date(date),
        .string("day \(day)"),
      ]
    }
  }

  private func product(_ number: Int, _ name: String) -> [Scalar] {
    [.string("p\(number)"), .string(name), money(Int128(number))]
  }

  private func line(
    _ number: Int, _ day: Int, _ customer: String, _ product: Int, _ cents: Int
  ) -> [Scalar] {
    sale(
      Int64(number), day: Int64(day % 100), customer: customer, sku: "p\(product)",
      cents: Int128(cents))
  }

  /// Fills the star.
  func first(in database: any LoadingConnection) throws {
    let all = 0..<count
    try run(
      "first dimensions", database,
      [
        (try star.dates(), days()),
        (try star.products(), all.map { product($0, "one") }),
        (
          try star.customers(),
          all.flatMap { number in
            [
              customer("c\(number)", "Bonn", "basic", 10, 50),
              customer("c\(number)", "Ulm", "basic", 50, nil),
            ]
          }
        ),
      ])
    try run(
      "first facts", database,
      [
        (
          try sales(),
          all.map { line($0, 20 + $0 % 60, "c\($0)", $0, 100) }
            + all.map { line(count + $0, 30, "early\($0)", $0, 7) }
        ),
        (
          try returns(),
          all.map { line($0, 20, "c\($0)", $0, 5) }
            + all.map { line(count + $0, 40, "late\($0)", count + $0, 9) }
        ),
      ])
  }

  /// Customers get versions in the past, one goes with each that comes, those who were inferred and
  /// waited for arrive; products change, arrive and go; sales are corrected, come and go.
  func second(in database: any LoadingConnection) throws {
    let all = 0..<count
    try run(
      "second dimensions", database,
      [
        (try star.products(), (1..<(count * 2)).map { product($0, "two") }),
        (
          try star.customers(),
          all.flatMap { number in
            [
              customer("c\(number)", "Bonn", "basic", 10, 25),
              customer("c\(number)", "Kiel", "gold", 25, 50),
              customer("c\(number)", "Ulm", "basic", 50, number % 2 == 0 ? nil : 90),
              customer("early\(number)", "Jena", "basic", 5, 35),
              customer("early\(number)", "Gera", "basic", 35, nil),
              customer("late\(number)", "Jena", "basic", 5, nil),
            ]
          }
        ),
      ])
    try run(
      "second facts", database,
      [
        (
          try sales(),
          all.map { line($0, 20 + $0 % 60, "c\($0)", $0, 200) }
            + all.map { line(2 * count + $0, 60, "new\($0)", $0, 3) }
        ),
        (
          try returns(),
          all.map { line($0, 20, "c\($0)", $0, $0 % 2 == 0 ? 6 : 5) }
            + all.dropFirst().map { line(count + $0, 40, "late\($0)", count + $0, 9) }
        ),
      ])
  }

  /// Loads tables in one transaction.
  private func run(
    _ name: String, _ database: any LoadingConnection, _ tables: [(WarehouseTable, [[Scalar]])]
  ) throws {
    let load = WarehouseLoad(
      into: database, run: name, Clock(now: at(0)), siteKey: [1, 2, 3])
    for (table, rows) in tables {
      _ = try load.load(
        table, from: source(table.schema, rows, 100_000), inputs: "\(name) of \(table.name)")
    }
    try load.commit()
  }
}
