import Engine
import Testing

/// Where columns come from, told of a plan without running it.
@Suite struct ColumnOriginsTests {
  private static func words(_ origins: [ColumnOrigins.Origin]) -> String {
    origins.map { "\($0.table).\($0.column) \($0.role)\($0.masks ? " masked" : "")" }
      .joined(separator: ", ")
  }

  @Test(arguments: [
    ("SELECT id FROM silver.sales", "silver.sales.id identity"),
    (
      "SELECT at FROM (SELECT CAST(at AS STRING) AS at FROM silver.sales) s",
      "silver.sales.at transformation"
    ),
    (
      "SELECT sum(quantity * price) AS x FROM silver.sales",
      "silver.sales.price aggregation, silver.sales.quantity aggregation"
    ),
    (
      "SELECT sum(amount) FILTER (WHERE note = 'x') AS x FROM silver.sales",
      "silver.sales.amount aggregation, silver.sales.note conditional"
    ),
    (
      "SELECT CASE WHEN note = 'x' THEN amount END AS x FROM silver.sales",
      "silver.sales.amount transformation, silver.sales.note conditional"
    ),
    (
      "SELECT sha2(lower(note), 256) AS x FROM silver.sales",
      "silver.sales.note transformation masked"
    ),
    (
      "SELECT lag(amount) OVER (PARTITION BY sku ORDER BY day) AS x FROM silver.sales",
      "silver.sales.amount transformation, silver.sales.day window, silver.sales.sku window"
    ),
    (
      "SELECT sum(amount) OVER (PARTITION BY sku) AS x FROM silver.sales",
      "silver.sales.amount aggregation, silver.sales.sku window"
    ),
    (
      "SELECT day FROM silver.sales UNION ALL SELECT opened FROM silver.stores",
      "silver.sales.day identity, silver.stores.opened identity"
    ),
    (
      "SELECT l.sku AS x FROM bronze.events LATERAL VIEW explode(lines) t AS l",
      "bronze.events.lines transformation"
    ),
    (
      "WITH s AS (SELECT max(day) AS day FROM silver.sales) SELECT date_add(day, 1) AS x FROM s",
      "silver.sales.day aggregation"
    ),
    ("SELECT count(*) AS x FROM silver.sales", ""),
  ])
  func `a column is traced to tables' columns`(_ text: String, _ expected: String) throws {
    let origins = ColumnOrigins(of: try Planning.bind(text))
    #expect(Self.words(origins.columns[0]) == expected)
  }

  @Test(arguments: [
    ("SELECT id FROM silver.sales WHERE amount > 0", "silver.sales.amount filter"),
    (
      "SELECT s.id FROM silver.sales s JOIN silver.stores t ON t.store_id = s.store_id",
      "silver.sales.store_id join, silver.stores.store_id join"
    ),
    ("SELECT count(*) AS n FROM silver.sales GROUP BY sku", "silver.sales.sku groupBy"),
    ("SELECT id FROM silver.sales ORDER BY day LIMIT 3", "silver.sales.day sort"),
    (
      "SELECT store_id FROM silver.sales EXCEPT SELECT store_id FROM silver.stores",
      "silver.stores.store_id filter"
    ),
    (
      "SELECT id FROM silver.sales WHERE sku IN (SELECT sku FROM silver.products)",
      "silver.products.sku join, silver.sales.sku join"
    ),
  ])
  func `what decides over all rows is told apart`(_ text: String, _ expected: String) throws {
    #expect(Self.words(ColumnOrigins(of: try Planning.bind(text)).rows) == expected)
  }
}
