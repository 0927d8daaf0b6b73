import JSON
import TestSupport
import Testing

/// The sample from raw files to the star schema: the figures that `facts.json` of the sample and
/// the
/// model demand, and that nothing moves when nothing is new.
@Suite(.serialized) struct SampleTests {
  private static let demo = Result { () throws -> Pipeline in
    let pipeline = try Pipeline()
    try pipeline.refresh()
    return pipeline
  }

  private var lake: Pipeline { get throws { try Self.demo.get() } }

  @Test func `silver holds every line of the receipts but those without quantity`() throws {
    #expect(
      try lake.row("SELECT count(*), sum(net_amount), sum(quantity) FROM silver.sales_lines")
        == "74584 233935.24 105333.048")
    #expect(
      try lake.rows("SELECT rule, count(*) FROM quarantine.sales_lines GROUP BY rule")
        == [["quantity_not_zero", "416"]])
    #expect(
      try lake.row(
        "SELECT count(*) FROM quarantine.sales_lines WHERE raw LIKE '{%' AND source_line > 0 "
          + "AND source_file LIKE 'bronze/pos/events/ingest_date=%'") == "416")
  }

  @Test func `a fact leads back to the line of its till, and to its product`() throws {
    let key = try lake.rows(
      "SELECT transaction_id, line_no, event_id FROM warehouse.fact_sales "
        + "WHERE channel = 'store' ORDER BY event_id, line_no LIMIT 1")[0]
    let told = try lake.tool(
      "lineage", ["row", "fact_sales", "event_id=\(key[2])", "line_no=\(key[1])"])
    let raw = try lake.shell("zstd -dcq landing/pos/*.zst | grep -nF '\"\(key[2])\"' | head -n 1")
    let line = raw.split(separator: ":", maxSplits: 1)
    #expect(told.hasPrefix("warehouse.fact_sales: 1 row\n"))
    #expect(told.contains("silver.sales_lines: 1 row\n"))
    #expect(told.contains("bronze.pos_events: 1 line\n"))
    #expect(told.contains(".json.zst:\(line[0])\n"))
    #expect(told.contains(line[1]))
    #expect(told.contains("warehouse.dim_product: 1 row\n"))
    let missing = try lake.attempt("lineage", ["row", "fact_sales", "event_id=none"])
    #expect(missing.status == 66 && missing.output.isEmpty)
  }

  @Test func `net by month equals the facts`() throws {
    let rows = try lake.rows(
      "SELECT date_format(business_date, 'yyyy-MM') AS month, count(DISTINCT event_id), count(*), "
        + "sum(net_amount) FROM silver.sales_lines GROUP BY date_format(business_date, 'yyyy-MM') "
        + "ORDER BY month")
    #expect(rows.count == 13)
    #expect(rows.first == ["2017-01", "3925", "6297", "18941.81"])
    #expect(rows.last == ["2018-01", "17", "22", "102.38"])
  }

  @Test(.shared("data/retail-sample")) func `every month, store and category does`() throws {
    let file = "\(try lake.checkout)/\(Shared.path("data/retail-sample/facts.json"))"
    let bytes = Array(try lake.shell("cat '\(file)'").utf8)
    let facts = try JSONValue(parsing: bytes)["pos"]
    func expected(_ prefix: String) -> [[String]] {
      let table = facts?.object?.first { $0.key.hasPrefix(prefix) }?.value
      return (table?.array ?? []).map { ($0.array ?? []).map { $0.string ?? "" } }
    }
    let months = try lake.rows(
      "SELECT date_format(business_date, 'yyyy-MM') AS month, count(DISTINCT transaction_id), "
        + "count(*), sum(net_amount) FROM gold.sales WHERE channel = 'store' "
        + "GROUP BY date_format(business_date, 'yyyy-MM') ORDER BY month")
    #expect(months == expected("by_business_month"))
    let stores = try lake.rows(
      "SELECT store_id, count(DISTINCT transaction_id), sum(net_amount) AS net FROM gold.sales "
        + "WHERE channel = 'store' GROUP BY store_id ORDER BY net DESC LIMIT 10")
    #expect(stores == expected("top_stores"))
    let categories = try lake.rows(
      "SELECT category, count(*), sum(net_amount) AS net FROM gold.sales WHERE channel = 'store' "
        + "GROUP BY category ORDER BY net DESC LIMIT 10")
    #expect(categories == expected("by_category"))
  }

  @Test func `the star schema holds both channels`() throws {
    #expect(
      try lake.warehouse(
        "SELECT count(*), sum(channel = 'store'), sum(channel = 'online'), "
          + "round(sum(net_amount), 2) FROM fact_sales") == "76739 74584 2155 1499728.25")
    #expect(try lake.warehouse("SELECT count(*) FROM fact_orders") == "830")
    #expect(try lake.warehouse("SELECT count(*) FROM fact_inventory") == "77")
    #expect(
      try lake.warehouse(
        "SELECT count(*), min(business_date), max(business_date) FROM dim_date "
          + "WHERE date_key > 0")
        == "21915 1990-01-01 2049-12-31")
  }

  @Test(arguments: ["date", "store", "product", "customer", "geography"])
  func `every key of a sale resolves`(_ dimension: String) throws {
    let key = "\(dimension)_key"
    #expect(
      try lake.warehouse(
        "SELECT count(*) FROM fact_sales f LEFT JOIN dim_\(dimension) d USING (\(key)) "
          + "WHERE d.\(key) IS NULL") == "0")
  }

  @Test func `products that no table knows stand at the unknown member`() throws {
    #expect(
      try lake.warehouse("SELECT count(*) FROM fact_sales WHERE product_key = -1") == "1")
  }

  @Test(arguments: ["dim_customer customer_id", "dim_store store_id", "dim_geography country"])
  func `history has neither overlap nor hole`(_ dimension: String) throws {
    let table = dimension.split(separator: " ")[0]
    let key = table.dropFirst(4) + "_durable_key"
    #expect(
      try lake.warehouse(
        "SELECT count(*) FROM (SELECT valid_to, valid_from, lead(valid_from) OVER "
          + "(PARTITION BY \(key) ORDER BY valid_from) AS next_from FROM \(table) "
          + "WHERE \(key) > 0) WHERE valid_from >= valid_to OR next_from <> valid_to") == "0")
  }

  @Test func `every quality rule of level error holds`() throws {
    let run = try lake.attempt("dq-check", ["--format", "json"])
    #expect(run.status == 0, "\(run.talk)\(run.text)")
  }

  @Test func `a second refresh changes nothing`() throws {
    let before = try lake.fingerprint()
    try lake.refresh()
    #expect(try lake.fingerprint() == before)
  }
}
