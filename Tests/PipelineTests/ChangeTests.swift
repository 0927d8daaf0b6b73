import TestSupport
import Testing

/// A day in the retailer's life after the first load: rows change, go and come at the sources, a
/// till re-sends an event and voids a receipt. Each step is judged by what the model demands.
@Suite(.serialized) struct ChangeTests {
  /// The lake after the first load and the changes, and what stood before them.
  private struct Day {
    let pipeline: Pipeline
    let factsBefore: String
    let voided: String
  }

  private static let day = Result { () throws -> Day in
    let pipeline = try Pipeline()
    try pipeline.refresh()
    let factsBefore = try pipeline.warehouse(
      "SELECT count(*), sum(customer_key * line_no), sum(store_key) FROM fact_sales")
    let voided = try pipeline.row(
      "SELECT transaction_id, store_id FROM silver.sales_lines ORDER BY event_id LIMIT 1")
    try pipeline.shell(change(voided))
    try pipeline.refresh()
    return Day(pipeline: pipeline, factsBefore: factsBefore, voided: voided)
  }

  private static func change(_ voided: String) -> String {
    let receipt = voided.split(separator: " ")
    return """
      sqlite3 sources/rewards.db "UPDATE members SET tier = 'platinum' WHERE loyalty_id = 'L1'"
      sqlite3 sources/orders.db "
        UPDATE customers SET city = 'Bremen' WHERE customer_id = 'ALFKI';
        UPDATE products SET list_price = 99.95
          WHERE sku = (SELECT min(sku) FROM products);
        DELETE FROM customers WHERE customer_id = 'PARIS';
        INSERT INTO orders VALUES ('N1', 'ALFKI',
          (SELECT store_id FROM orders WHERE order_id = (SELECT min(order_id) FROM orders)),
          '2026-01-05T10:00:00Z', 'placed', 'USD', 5.00, NULL, NULL, '2026-01-05T10:00:00Z');
        INSERT INTO order_lines VALUES ('N1', 1, (SELECT min(sku) FROM products), 2, 10.00, 1.00,
          0.00, '2026-01-05T10:00:00Z');"
      zstd -dcq landing/pos/pos_events.ndjson.zst | sed -n 100p > landing/pos/resent.ndjson
      echo '{"schema_version":1,"event_id":"void-1","event_type":"void",\
      "event_time":"2018-01-02T09:00:00-05:00","store_id":"\(receipt[1])","register_id":"R1",\
      "cashier_id":null,"transaction_id":"V1","original_transaction_id":"\(receipt[0])",\
      "loyalty_id":null,"currency":"USD","lines":[],"payments":[]}' > landing/pos/void.ndjson
      """
  }

  private var lake: Pipeline { get throws { try Self.day.get().pipeline } }

  @Test func `a re-sent event changes no line`() throws {
    #expect(
      try lake.row("SELECT count(*), sum(net_amount) FROM silver.sales_lines")
        == "74584 233935.24")
  }

  @Test func `a voided receipt leaves gold and the warehouse, and stays in silver`() throws {
    let receipt = try Self.day.get().voided.split(separator: " ")
    let condition = "transaction_id = '\(receipt[0])'"
    #expect(try lake.row("SELECT count(*) FROM silver.voids") == "1")
    #expect(
      try lake.row("SELECT count(*) > 0 FROM silver.sales_lines WHERE \(condition)") == "true")
    #expect(try lake.row("SELECT count(*) FROM gold.sales WHERE \(condition)") == "0")
    #expect(try lake.warehouse("SELECT count(*) FROM fact_sales WHERE \(condition)") == "0")
  }

  @Test func `a new tier and a new city start new versions`() throws {
    #expect(
      try lake.rows(
        "SELECT tier, __END_AT IS NULL FROM silver.reward_members_history "
          + "WHERE loyalty_id = 'L1' ORDER BY __START_AT")
        == [["gold", "false"], ["platinum", "true"]])
    #expect(
      try lake.warehouse(
        "SELECT group_concat(city || is_current, ',') FROM (SELECT city, is_current "
          + "FROM dim_customer WHERE customer_id = 'ALFKI' ORDER BY valid_from)")
        == "Berlin0,Bremen1")
  }

  @Test func `old facts keep their old versions, new ones take the new`() throws {
    #expect(
      try lake.warehouse(
        "SELECT DISTINCT d.city FROM fact_sales f JOIN dim_customer d USING (customer_key) "
          + "WHERE d.customer_id = 'ALFKI' AND f.transaction_id <> 'N1'") == "Berlin")
    #expect(
      try lake.warehouse(
        "SELECT d.customer_id, f.quantity, f.net_amount FROM fact_sales f "
          + "JOIN dim_customer d USING (customer_key) WHERE f.transaction_id = 'N1'")
        == "ALFKI 2 19")
  }

  @Test func `a changed price is changed in place`() throws {
    #expect(
      try lake.warehouse(
        "SELECT count(*), max(list_price) FROM dim_product "
          + "WHERE sku = (SELECT min(sku) FROM dim_product WHERE product_key > 0)") == "1 99.95")
  }

  @Test func `a deleted customer is gone from silver and marked in the dimension`() throws {
    #expect(
      try lake.row("SELECT count(*) FROM silver.customers WHERE customer_id = 'PARIS'") == "0")
    #expect(
      try lake.rows(
        "SELECT __END_AT IS NOT NULL FROM silver.customers_history WHERE customer_id = 'PARIS'")
        == [["true"]])
    #expect(
      try lake.warehouse(
        "SELECT max(is_deleted), count(DISTINCT name) FROM dim_customer "
          + "WHERE customer_id = 'PARIS'") == "1 1")
  }

  @Test func `the new order is in gold and in the warehouse`() throws {
    #expect(
      try lake.row("SELECT status, item_count, net_amount FROM gold.orders WHERE order_id = 'N1'")
        == "placed 1 19.00")
    #expect(try lake.warehouse("SELECT count(*) FROM fact_orders") == "831")
  }

  @Test func `rebuilding from bronze gives the same content`() throws {
    let queries = [
      "SELECT count(*), sum(net_amount), sum(quantity) FROM silver.sales_lines",
      "SELECT count(*), count(__END_AT), min(__START_AT) FROM silver.customers_history",
      "SELECT count(*), sum(net_amount), sum(margin_amount) FROM gold.sales",
      "SELECT count(*), sum(net_sales), sum(average_basket) FROM gold.daily_store_sales",
      "SELECT count(*), sum(net_sales), sum(recency_score) FROM gold.customer_360",
    ]
    let facts =
      "SELECT d.customer_id, d.valid_from, f.transaction_id, f.line_no, f.net_amount, s.store_id, "
      + "p.sku, g.postal_code FROM fact_sales f JOIN dim_customer d USING (customer_key) "
      + "JOIN dim_store s USING (store_key) JOIN dim_product p USING (product_key) "
      + "JOIN dim_geography g USING (geography_key) ORDER BY 1, 2, 3, 4, 5"
    let before = try queries.map { try lake.row($0) }
    let factsBefore = try lake.shell("sqlite3 lake/warehouse.db \"\(facts)\" | sha256sum")
    for name in ["bronze2silver", "silver2gold", "load-dims", "load-facts"] {
      try lake.tool(name, ["--full-refresh"])
    }
    #expect(try queries.map { try lake.row($0) } == before)
    #expect(try lake.shell("sqlite3 lake/warehouse.db \"\(facts)\" | sha256sum") == factsBefore)
  }
}
