import Columnar
import Core
import Database
import Glibc
import PostgreSQL
import TestSupport
import Testing
import Warehouse

/// The same deliveries in SQLite and on a PostgreSQL server, row by row; and what only a server
/// has: sessions beside each other, roles, a death in the middle.
@Suite(.enabled(if: PostgreSQLServer.programs != nil, "no PostgreSQL server to start here"))
struct BothDatabasesTests {
  private static let tables = [
    "dim_customer", "dim_product", "dim_date", "_keys", "_lookups", "_hash_keys",
  ]

  private func content(_ star: Star) throws -> [[String]] {
    try Self.tables.map { try star.dump($0) }
      + [
        star.dump("fact_sales", without: "fact_sales_id"),
        star.text(
          "SELECT line, date_key, product_key, customer_key, moment, sku, amount "
            + "FROM stg_fact_sales ORDER BY 1"),
        star.text("SELECT column_name, natural_key FROM _waiting ORDER BY 1, 2"),
        star.text(
          "SELECT run_id, table_name, rows_delivered, rows_inserted, rows_updated, rows_deleted, "
            + "rows_rekeyed, row_count, content_digest FROM _ledger ORDER BY load_id"),
      ]
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `both hold the same rows and keys after any loads`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let stars = try [Star(.sqlite), Star(.postgresql)]
    for star in stars { try star.loadSmallDimensions() }
    for _ in 0..<6 {
      let customers = (0..<5).shuffled(using: &random).prefix(3).flatMap { id in
        let split = Int64.random(in: 1..<60, using: &random)
        return [
          customer("c\(id)", "Bonn", "basic", 0, split, mail: "mail \(id)"),
          customer("c\(id)", "Ulm", ["basic", "gold"].randomElement(using: &random)!, split, nil),
        ]
      }
      let sales = (0..<20).map { line in
        sale(
          line, day: Int64.random(in: 0..<110, using: &random),
          customer: ["c0", "c1", "c4", "none", nil].randomElement(using: &random)!,
          sku: ["a", "b", "x"].randomElement(using: &random)!,
          cents: Int128.random(in: -99_999_999_999_999...99_999_999_999_999, using: &random))
      }
      for star in stars {
        try star.load(star.customers(), customers)
        let table = try star.sales(
          "incremental", ["partition.month": "date_key", "keep": "sku"])
        try star.load(table, sales)
      }
      let contents = try stars.map(content)
      for (one, other) in zip(contents[0], contents[1]) { #expect(one == other, "seed \(seed)") }
    }
  }

  @Test func `nights in which all happens that can leave the same in both`() throws {
    let contents = try [Dialect.sqlite, .postgresql].map { dialect in
      let star = try Star(dialect)
      let nights = Nights(star: star)
      try nights.first(in: star.database)
      let first = try Nights.content(of: star.database, star)
      try nights.second(in: star.database)
      return try first + Nights.content(of: star.database, star)
    }
    #expect(Set(contents[0]).symmetricDifference(contents[1]).sorted() == [])
    // Those who were inferred are described by now, and keep their keys.
    #expect(contents[1].contains { $0.hasPrefix("9|5|early0|Jena|") && $0.hasSuffix("|0|0") })
  }

  @Test func `every type comes back as it went`() throws {
    let schema = Schema([
      Field("id", .int), Field("tiny", .tinyint), Field("flag", .boolean), Field("day", .date),
      Field("moment", .timestamp), Field("text", .string), Field("ratio", .double),
      Field("float", .float), Field("raw", .binary),
      Field("small", .decimal(precision: 9, scale: 4)),
      Field("large", .decimal(precision: 38, scale: 38)),
    ])
    let star = try Star(.postgresql)
    let table = try WarehouseTable(
      "fact_things", properties: ["fact": "incremental", "key": "id"], schema: schema,
      at: star.files)
    let units: [Int128] = [0, 1, -1, 9_999, 10_000, -10_001, 999_999_999, 100_000_000, 40_000]
    let largest = Int128("99999999999999999999999999999999999999")!
    let rows: [[Scalar]] = units.enumerated().map { number, unit in
      [
        .integer(Int64(number)), .integer(-128), .boolean(number % 2 == 0),
        .date(CivilDate(dayNumber: Int32(number * 99_999 - 300_000))),
        .timestamp(Timestamp(microseconds: Int64(number) * 123_456_789_012_345 - 1)),
        .string("ä\t\\N\n\(number)"), .double(0.1 * Double(number)), .double(0.5),
        .binary([0, 255, UInt8(number)]), .decimal(Decimal(unscaled: unit, scale: 4)),
        .decimal(Decimal(unscaled: number % 2 == 0 ? largest : -unit, scale: 38)),
      ]
    }
    try star.load(table, rows + [[.integer(99)] + [Scalar](repeating: .null, count: 10)])
    let names = schema.names.map(star.database.dialect.quoted).joined(separator: ", ")
    let back = try star.database.query(
      "SELECT \(names) FROM fact_things WHERE id < 99 ORDER BY id", [], as: schema)
    let batch = try #require(try back.next())
    #expect((0..<batch.rowCount).map { row in batch.columns.map { $0.scalar(at: row) } } == rows)
    #expect(try star.text("SELECT count(*) FROM fact_things WHERE large IS NULL") == ["1"])
  }

  @Test func `a load that finds nothing new writes nothing`() throws {
    let star = try Star(.postgresql)
    let versions = [customer("k", "Bonn", "basic", 0, 5), customer("k", "Ulm", "basic", 5, nil)]
    let sales = (0..<50).map { sale($0, day: $0, customer: "k", sku: "a", cents: 5) }
    func loads() throws {
      try star.loadSmallDimensions()
      try star.load(star.customers(), versions)
      try star.load(star.sales("incremental", ["partition.month": "date_key"]), sales)
    }
    let written = """
      SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
      WHERE schemaname IN ('dim', 'fact') ORDER BY 1
      """
    try loads()
    try star.database.execute("SELECT pg_stat_force_next_flush()")
    let before = try star.text(written)
    #expect(before.count > 5)
    try loads()
    try star.database.execute("SELECT pg_stat_force_next_flush()")
    #expect(try star.text(written) == before)
  }

  @Test func `a second load waits for the first, and says in the end whose it is`() throws {
    let star = try Star(.postgresql)
    try star.loadSmallDimensions()
    let first = WarehouseLoad(into: star.database, run: "one", Clock(now: at(0)), siteKey: nil)
    let table = try star.products()
    let rows = { source(table.schema, [[.string("z"), .null, .null]]) }
    _ = try first.load(table, from: rows(), inputs: "x")
    let other = WarehouseLoad(
      into: try star.another(), run: "two", Clock(now: at(0)), siteKey: nil)
    let fault = #expect(throws: Fault.self) {
      try other.load(table, from: rows(), inputs: "x")
    }
    #expect(fault?.kind == .temporary)
    #expect(fault?.problem.contains("another load goes on: server process") == true)
    #expect(fault?.problem.contains("of tester") == true)
    try first.commit()
  }

  @Test
  func `a crash at any statement leaves what was there, and the next run ends equal`()
    throws
  {
    let star = try Star(.postgresql)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let table = try star.sales("incremental", ["partition.month": "date_key"])
    try star.load(table, (0..<40).map { sale($0, day: $0, customer: "k", sku: "a", cents: 5) })
    let rows = (10..<60).map { sale($0, day: $0, customer: "k", sku: "b", cents: 7) }
    let before = try star.dump("fact_sales")
    var statements = 0
    var point = 1
    // Each time the session ends a few statements later (at each one in a soak), until the load
    // gets through.
    let step = getenv("SOAK_RUNS") == nil ? 7 : 1
    while true {
      let mortal = try star.another()
      let session = WatchedSession(mortal) { number throws(Fault) in
        guard number == point else { return }
        try? mortal.execute("SELECT pg_terminate_backend(pg_backend_pid())")
      }
      let load = WarehouseLoad(into: session, run: "r", Clock(now: at(0)), siteKey: nil)
      do {
        _ = try load.load(table, from: source(table.schema, rows), inputs: "v")
        try load.commit()
        break
      } catch let fault as Fault {
        #expect(fault.kind == .temporary, "\(fault)")
        #expect(try star.dump("fact_sales") == before)
      }
      statements += 1
      point += step
    }
    #expect(statements > 5)
    #expect(
      try star.text("SELECT count(*), sum(amount) FROM fact_sales") == ["50|3.5"])
  }

  @Test func `loader stays in its schemas, analyst reads dimensions and facts`() throws {
    let star = try Star(.postgresql)
    try star.loadSmallDimensions()
    try star.database.execute("CREATE TABLE public.salaries (amount int)")
    let setup = ServerSetup(of: star.database)
    let first = try setup.statements()
    try setup.run(first)
    let again = try setup.statements()
    #expect(again.allSatisfy { !$0.hasPrefix("CREATE") && !$0.contains("OWNER") }, "\(again)")
    for (user, group) in [("nightly", "loader"), ("ada", "analyst")] {
      try star.database.execute(
        "DROP ROLE IF EXISTS \(user); CREATE ROLE \(user) LOGIN IN ROLE \(group)")
    }
    let nightly = try star.another(as: "nightly")
    #expect(try nightly.value("SELECT current_user::text") == .string("loader"))
    let load = WarehouseLoad(into: nightly, run: "r", Clock(now: at(0)), siteKey: [1])
    let table = try star.customers()
    _ = try load.load(
      table, from: source(table.schema, [customer("k", "Bonn", "basic", 0, nil)]), inputs: "v")
    try load.commit()
    #expect(throws: Fault.self) { try nightly.execute("SELECT * FROM public.salaries") }
    let ada = try star.another(as: "ada", toLoad: false)
    try ada.execute("RESET search_path")
    #expect(try ada.integer("SELECT count(*) FROM dim_customer") == 5)
    for refused in [
      "DELETE FROM dim_customer", "SELECT * FROM medallion._keys", "CREATE TABLE dim.x (a int)",
      "SELECT * FROM staging.stg_dim_customer", "UPDATE dim_date SET name = 'x'",
    ] {
      let fault = #expect(throws: Fault.self) { try ada.execute(refused) }
      #expect(fault?.kind == .denied, "\(refused)")
    }
  }
}
