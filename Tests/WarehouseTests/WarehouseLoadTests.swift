import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

@Suite struct WarehouseLoadTests {
  @Test(arguments: Star.dialects)
  func `members keep their keys, change in place, and are marked when they vanish`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    let query =
      "SELECT product_key, product_durable_key, sku, name, price, is_deleted FROM dim_product "
      + "ORDER BY 1"
    #expect(
      try star.text(query) == [
        "-4|-4|Invalid|Invalid|NULL|0", "-3|-3|Missing|Missing|NULL|0",
        "-2|-2|Not applicable|Not applicable|NULL|0", "-1|-1|Unknown|Unknown|NULL|0",
        "1|1|a|product a|0.99|0", "2|2|b|product b|1.99|0", "3|3|c|product c|2.99|0",
      ])
    let outcome = try star.load(
      star.products(),
      [
        [.string("d"), .string("new"), .null], [.string("b"), .string("product b"), money(5)],
        [.string("c"), .string("product c"), money(299)],
      ])
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (1, 1, 1))
    #expect(
      try star.text(query).dropFirst(4) == [
        "1|1|a|product a|0.99|1", "2|2|b|product b|0.05|0", "3|3|c|product c|2.99|0",
        "4|4|d|new|NULL|0",
      ])
  }

  @Test(arguments: Star.dialects)
  func `history is folded, gaps and ends are marked, hashes are keyed`(_ dialect: Dialect) throws {
    let star = try Star(dialect)
    try star.load(
      star.customers(),
      [
        customer("k", "Bonn", "basic", 20, 30), customer("k", "Bonn", "basic", 0, 10),
        customer("k", "Bonn", "basic", 10, 15), customer("m", "Ulm", "gold", 5, nil),
      ])
    let history = try star.history()
    #expect(history.count == 9)
    #expect(
      history[4...].map { $0.split(separator: "|").suffix(4).joined(separator: "|") } == [
        "1970-01-01T00:00:00.000000Z|1970-01-16T00:00:00.000000Z|0|0",
        "1970-01-16T00:00:00.000000Z|1970-01-21T00:00:00.000000Z|0|1",
        "1970-01-21T00:00:00.000000Z|1970-01-31T00:00:00.000000Z|0|0",
        "1970-01-31T00:00:00.000000Z|9999-12-31T00:00:00Z|1|1",
        "1970-01-06T00:00:00.000000Z|9999-12-31T00:00:00Z|1|0",
      ])
    let hash = hexText(SHA256.keyed([1, 2, 3], [UInt8]("m".utf8)))
    #expect(
      try star.text("SELECT DISTINCT email_hash FROM dim_customer WHERE customer_key > 0") == [hash]
    )
    #expect(
      try star.text("SELECT DISTINCT customer_durable_key FROM dim_customer WHERE customer_key > 0")
        == ["1", "2"])
  }

  @Test(arguments: Star.dialects)
  func `versions of one key that overlap are a verdict that names it`(_ dialect: Dialect) throws {
    let star = try Star(dialect)
    let fault = #expect(throws: Fault.self) {
      try star.load(
        star.customers(),
        [customer("k", "Bonn", "basic", 0, 10), customer("k", "Ulm", "basic", 9, nil)])
    }
    #expect(fault?.kind == .verdict)
    #expect(fault?.problem.contains("customer_id = 'k'") == true)
    #expect(try star.database.tables() == [])
  }

  @Test(arguments: Star.dialects) func `facts find the version of their own moment`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(
      star.customers(),
      [customer("k", "Bonn", "basic", 10, 20), customer("k", "Ulm", "basic", 20, 30)])
    let outcome = try star.load(
      star.sales(),
      [
        sale(1, day: 5, customer: "k", sku: "a", cents: 100),
        sale(2, day: 19, customer: "k", sku: "b", cents: -1),
        sale(3, day: 20, customer: "k", sku: nil, cents: 33),
        sale(4, day: 40, customer: "k", sku: "zzz", cents: 0),
        sale(5, day: 40, customer: "nobody", sku: "c", cents: 7),
      ])
    #expect(outcome.inserted == 5)
    #expect(
      try star.text(
        "SELECT line, city, c.is_deleted, product_key, f.amount FROM fact_sales f "
          + "JOIN dim_customer c USING (customer_key) ORDER BY line") == [
          "1|Bonn|0|1|1", "2|Bonn|0|2|-0.01", "3|Ulm|0|-3|0.33", "4|Ulm|1|-1|0",
          "5|Unknown|0|3|0.07",
        ])
  }

  @Test(arguments: Star.dialects) func `facts that waited are mended when their member arrives`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    try star.load(star.sales(), [sale(1, day: 5, customer: "late", sku: "z", cents: 1)])
    let customers = [customer("k", "Bonn", "basic", 0, nil), customer("late", "Ulm", "x", 3, nil)]
    let outcome = try star.load(star.customers(), customers)
    #expect(outcome.rekeyed == 1)
    #expect(try star.text("SELECT customer_key, product_key FROM fact_sales") == ["2|-1"])
    #expect(try star.text("SELECT column_name, natural_key FROM _waiting") == ["product_key|z"])
  }

  @Test(arguments: Star.dialects) func `only facts whose version changed are keyed anew`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let sales = (1...9).map { sale($0, day: $0 * 10, customer: "k", sku: "a", cents: 5) }
    try star.load(star.sales(), sales)
    let versions = [customer("k", "Bonn", "basic", 0, 50), customer("k", "Ulm", "basic", 50, nil)]
    #expect(try star.load(star.customers(), versions).rekeyed == 5)
    #expect(
      try star.text(
        "SELECT city, count(*), min(line) FROM fact_sales JOIN dim_customer USING (customer_key) "
          + "GROUP BY 1 ORDER BY 1") == ["Bonn|4|1", "Ulm|5|5"])
    #expect(try star.load(star.sales(), sales).isChanged == false)
  }

  @Test(arguments: Star.dialects)
  func `rows of the scope that are no longer delivered go, others stay`(_ dialect: Dialect) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    // Day 200 is not in the calendar: its rows are told by the key they wait for.
    let days: [Int64] = [1, 1, 2, 2, 200, 200, 201]
    let sales = days.enumerated().map {
      sale(Int64($0.offset), day: $0.element, customer: "k", sku: "a", cents: 5)
    }
    try star.load(star.sales(), sales)
    let scope = LoadScope.partitions(
      column: "day", values: [1, 200].map { .date(CivilDate(dayNumber: $0)) })
    let outcome = try star.load(
      star.sales(),
      [
        sale(0, day: 1, customer: "k", sku: "a", cents: 5),
        sale(5, day: 200, customer: "k", sku: "b", cents: 5),
        sale(9, day: 1, customer: nil, sku: "a", cents: 1),
      ], scope: scope)
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (1, 1, 2))
    #expect(
      try star.text("SELECT line FROM fact_sales ORDER BY 1") == ["0", "2", "3", "5", "6", "9"])
    let all = try star.load(star.sales(), [sales[0]])
    #expect(all.deleted == 5)
  }

  @Test(arguments: Star.dialects)
  func `single rows come and go by their grain, the others are not touched`(_ dialect: Dialect)
    throws
  {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    try star.load(
      star.sales(), (1...6).map { sale($0, day: 1, customer: "k", sku: "a", cents: 5) })
    let keys = source(Schema([Field("line", .int)]), [2, 3, 5, 99].map { [.integer($0)] })
    let outcome = try star.load(
      star.sales(),
      [
        sale(3, day: 1, customer: "k", sku: "a", cents: 8),
        sale(7, day: 2, customer: "new", sku: "a", cents: 5),
      ], scope: .keys, keys: keys)
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (1, 1, 2))
    #expect(outcome.rowCount == 5)
    #expect(
      try star.text("SELECT line, amount FROM fact_sales ORDER BY 1") == [
        "1|0.05", "3|0.08", "4|0.05", "6|0.05", "7|0.05",
      ])
    #expect(try star.text("SELECT natural_key FROM _waiting") == ["new"])
    #expect(try star.database.tables().contains("_spoken_for") == false)
  }

  @Test(arguments: ["incremental", "accumulating"], Star.dialects)
  func `a row that is no longer delivered goes, is flagged or stays, as the job says`(
    _ update: String, _ dialect: Dialect
  ) throws {
    let two = (1...2).map { sale($0, day: 1, customer: "k", sku: "a", cents: 5) }
    let moved = [sale(2, day: 1, customer: "k", sku: "a", cents: 6)]
    func stored(_ word: String?) throws -> (Star, LoadOutcome) {
      let star = try Star(dialect)
      try star.loadSmallDimensions()
      try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
      let table = try star.sales(update, word.map { ["on_delete": $0] } ?? [:])
      try star.load(table, two)
      return (star, try star.load(table, moved))
    }
    let (removing, outcome) = try stored(nil)
    #expect((outcome.inserted, outcome.updated, outcome.deleted, outcome.rowCount) == (0, 1, 1, 1))
    #expect(try removing.text("SELECT line, amount FROM fact_sales") == ["2|0.06"])
    let (flagging, flagged) = try stored("flag")
    #expect((flagged.updated, flagged.deleted, flagged.rowCount) == (1, 1, 2))
    let query = "SELECT line, amount, is_deleted FROM fact_sales ORDER BY 1"
    #expect(try flagging.text(query) == ["1|0.05|1", "2|0.06|0"])
    let table = try flagging.sales(update, ["on_delete": "flag"])
    #expect(try flagging.load(table, moved).isChanged == false)
    #expect(try flagging.load(table, two).updated == 2)
    #expect(try flagging.text(query) == ["1|0.05|0", "2|0.05|0"])
    let (keeping, kept) = try stored("keep")
    #expect((kept.updated, kept.deleted, kept.rowCount) == (1, 0, 2))
    #expect(
      try keeping.text("SELECT line, amount FROM fact_sales ORDER BY 1") == ["1|0.05", "2|0.06"])
  }

  @Test(arguments: Star.dialects) func `a snapshot replaces its day, also by nothing`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let snapshots = try star.sales("snapshot", ["snapshot.by": "date_key"])
    let rows = [(1, 1), (2, 1), (3, 2)].map { line, day in
      sale(Int64(line), day: Int64(day), customer: "k", sku: "a", cents: 6)
    }
    try star.load(snapshots, rows)
    let day = try star.load(
      snapshots, [rows[1], sale(4, day: 1, customer: "k", sku: "a", cents: 6)])
    #expect((day.inserted, day.updated, day.deleted, day.rowCount) == (1, 0, 1, 3))
    #expect(try star.load(snapshots, []).isChanged == false)
    #expect(snapshots.snapshotSource == "day")
    let empty = LoadScope.partitions(column: "day", values: [.date(CivilDate(dayNumber: 1))])
    #expect(try star.load(snapshots, [], scope: empty).deleted == 2)
    #expect(try star.text("SELECT line FROM fact_sales") == ["3"])
  }

  @Test(arguments: Star.dialects) func `a grain that comes twice is a verdict that names it`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let line = sale(7, day: 1, customer: "k", sku: "a", cents: 5)
    let fault = #expect(throws: Fault.self) { try star.load(star.sales(), [line, line]) }
    #expect(fault?.kind == .verdict)
    #expect(fault?.problem.contains("line = 7") == true)
  }

  @Test(arguments: Star.dialects)
  func `what the last load brought is there to be read, whether it filled or changed`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let lines = (1...5).map { sale($0, day: 1, customer: "k", sku: "a", cents: 5) }
    try star.load(star.sales(), lines)
    let staged = "SELECT line, product_key, amount FROM stg_fact_sales ORDER BY 1"
    #expect(try star.text(staged) == (1...5).map { "\($0)|1|0.05" })
    let day = LoadScope.partitions(column: "day", values: [.date(CivilDate(dayNumber: 2))])
    try star.load(
      star.sales(), [sale(9, day: 2, customer: "k", sku: "b", cents: 7)], scope: day)
    #expect(try star.text(staged) == ["9|2|0.07"])
    #expect(try star.text("SELECT row_count FROM _ledger ORDER BY load_id DESC LIMIT 1") == ["6"])
    if dialect == .sqlite { #expect(try star.text("PRAGMA journal_mode") == ["wal"]) }
  }

  @Test(arguments: Star.dialects) func `a table is filled while another connection reads`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    let reader = try star.reader()
    #expect(try reader.integer("SELECT count(*) FROM dim_product") == 7)
    try star.load(star.sales(), [sale(1, day: 1, customer: "k", sku: "z", cents: 5)])
    #expect(try reader.integer("SELECT count(*) FROM fact_sales") == 1)
    #expect(
      try star.text("SELECT column_name, fact_id, natural_key FROM _waiting") == [
        "product_key|1|z"
      ])
  }

  @Test(arguments: Star.dialects) func `a NULL in the grain is a value like any other`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    var line = sale(7, day: 1, customer: "k", sku: "a", cents: 5)
    line[0] = .null
    let fault = #expect(throws: Fault.self) { try star.load(star.sales(), [line, line]) }
    #expect(fault?.problem.contains("line = NULL") == true)
    try star.load(star.sales(), [line])
    #expect(try star.load(star.sales(), [line]).isChanged == false)
  }

  @Test(arguments: Star.dialects)
  func `the same inputs need nothing, a new day needs a new snapshot`(_ dialect: Dialect) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    func need(_ table: WarehouseTable, day: Int64, _ inputs: String) throws -> LoadNeed {
      try WarehouseLoad(into: star.database, run: "r", Clock(now: at(day)), siteKey: nil)
        .need(of: table, inputs: inputs)
    }
    let sales = try star.sales()
    #expect(try need(sales, day: 0, "v1") == .rows(since: nil))
    let rows = [sale(1, day: 1, customer: "k", sku: "a", cents: 5)]
    try star.load(sales, rows, inputs: "v1")
    #expect(try need(sales, day: 1, "v1") == .nothing)
    #expect(try need(sales, day: 1, "v2") == .rows(since: "v1"))
    #expect(try need(star.sales("incremental", ["keep": "sku"]), day: 0, "v1") == .rows(since: nil))
    let snapshot = try star.sales("snapshot", ["snapshot.by": "date_key"])
    try star.load(snapshot, rows, inputs: "v1", day: 1)
    #expect(try need(snapshot, day: 1, "v1") == .nothing)
    #expect(try need(snapshot, day: 2, "v1") == .rows(since: "v1"))
  }

  @Test(arguments: Star.dialects)
  func `what was loaded on a later day is told before a snapshot of an earlier one`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.load(star.products(), [[.string("a"), .null, .null]], day: 5)
    func laterDay(_ day: Int64) throws -> CivilDate? {
      try WarehouseLoad(into: star.database, run: "r", Clock(now: at(day)), siteKey: nil)
        .laterDay("dim_product")
    }
    #expect(try laterDay(4) == CivilDate(dayNumber: 5))
    #expect(try laterDay(5) == nil)
    #expect(try laterDay(6) == nil)
  }

  @Test(arguments: Star.dialects)
  func `a table that fails leaves nothing, the others of the run are loaded`(_ dialect: Dialect)
    throws
  {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    try star.load(star.customers(), [customer("k", "Bonn", "basic", 0, nil)])
    try star.load(star.sales(), [sale(1, day: 1, customer: "k", sku: "a", cents: 5)])
    let before = try star.content()
    let load = WarehouseLoad(into: star.database, run: "r", Clock(now: at(0)), siteKey: [1])
    let bad = [
      sale(2, day: 1, customer: "k", sku: "a", cents: 5),
      sale(3, day: 1, customer: "k", sku: "a", cents: 1_234_567_890_123_456_78),
      sale(2, day: 1, customer: "k", sku: "a", cents: 6),
    ]
    let fault = #expect(throws: Fault.self) {
      try load.load(star.sales(), from: source(Star.saleSchema, bad), inputs: "x")
    }
    #expect(fault?.kind == .verdict && fault?.place == star.files)
    #expect(
      fault?.problem
        == (dialect == .sqlite
          ? "fact_sales: line = 3: amount is 1234567890123456.78, which SQLite cannot hold exactly"
          : "fact_sales: several rows have line = 2"))
    _ = try load.load(
      star.products(), from: source(star.products().schema, [[.string("z"), .null, .null]]),
      inputs: "y")
    try load.commit()
    #expect(try star.content() == before)
    #expect(try star.text("SELECT sku FROM dim_product WHERE sku = 'z'") == ["z"])
  }

  @Test(arguments: Star.dialects) func `what a database would change is refused by row and column`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    let table = try WarehouseTable(
      "fact_things", properties: ["fact": "incremental", "key": "id"],
      schema: Schema([
        Field("id", .string), Field("ratio", .double), Field("day", .date),
        Field("moment", .timestamp), Field("large", .decimal(precision: 38, scale: 0)),
      ]), at: star.files)
    func problem(_ ratio: Scalar, _ day: Scalar, _ moment: Scalar, _ large: Scalar) -> String? {
      let rows: [[Scalar]] = [
        [.string("a"), .null, .null, .null, .null], [.string("b"), ratio, day, moment, large],
      ]
      do {
        try star.load(table, rows)
        return nil
      } catch { return (error as? Fault)?.problem }
    }
    let words = dialect == .sqlite ? "SQLite" : "PostgreSQL"
    #expect(
      problem(.double(.nan), .null, .null, .null)
        == "fact_things: id = 'b': ratio is NaN, which \(words) cannot hold")
    #expect(
      problem(.null, .date(CivilDate(dayNumber: 2_932_897)), .null, .null)?.contains(": day is ")
        == true)
    #expect(
      problem(.null, .null, .timestamp(at(2_932_897)), .null)?.contains(": moment is ") == true)
    let large = Decimal(unscaled: Int128(Int64.max) + 1, scale: 0)
    if dialect == .sqlite {
      #expect(
        problem(.null, .null, .null, .decimal(large))?.contains(": large is \(large)") == true)
    } else {
      #expect(problem(.null, .null, .null, .decimal(large)) == nil)
      #expect(try star.text("SELECT large FROM fact_things WHERE id = 'b'") == ["\(large)"])
    }
    #expect(
      problem(.double(.infinity), .date(CivilDate(dayNumber: 2_932_896)), .null, .null) == nil)
  }

  @Test(arguments: Star.dialects) func `a load that is not committed leaves nothing`(
    _ dialect: Dialect
  ) throws {
    let star = try Star(dialect)
    try star.loadSmallDimensions()
    let before = try star.text("SELECT * FROM dim_product") + star.text("SELECT * FROM _ledger")
    do {
      let load = WarehouseLoad(into: star.database, run: "r", Clock(now: at(0)), siteKey: nil)
      _ = try load.load(
        star.products(), from: source(star.products().schema, [[.string("x"), .null, .null]]),
        inputs: "v")
    }
    let after = try star.text("SELECT * FROM dim_product") + star.text("SELECT * FROM _ledger")
    #expect(before == after)
  }

  @Test(arguments: Star.dialects)
  func `a new column is added, a dropped table is rebuilt with its keys`(_ dialect: Dialect) throws
  {
    let star = try Star(dialect)
    try star.load(
      star.customers(), [customer("a", "Bonn", "x", 0, 5), customer("a", "Ulm", "x", 5, nil)])
    try star.load(
      star.customers(),
      [
        customer("0", "Bonn", "x", 0, nil), customer("a", "Bonn", "x", 0, 5),
        customer("a", "Ulm", "x", 5, nil),
      ])
    let keys =
      "SELECT customer_key, customer_durable_key, customer_id, valid_from FROM dim_customer "
      + "ORDER BY 1"
    let before = try star.text(keys)
    try star.database.execute("DROP TABLE dim_customer")
    try star.load(
      star.customers(),
      [
        customer("0", "Bonn", "x", 0, nil), customer("a", "Bonn", "x", 0, 5),
        customer("a", "Ulm", "x", 5, nil),
      ])
    #expect(try star.text(keys) == before)
    try star.loadSmallDimensions()
    let wider = try WarehouseTable(
      "dim_product", properties: ["dimension": "scd1", "key": "sku"],
      schema: Schema([Field("sku", .string), Field("brand", .string)]), at: star.files)
    try star.load(wider, [[.string("a"), .string("Acme")]])
    #expect(
      try star.text(
        "SELECT sku, name, brand FROM dim_product WHERE product_key IN (-1, 1) ORDER BY 1")
        == ["Unknown|Unknown|Unknown", "a|product a|Acme"])
  }
}
