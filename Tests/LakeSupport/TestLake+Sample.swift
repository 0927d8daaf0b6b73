extension TestLake {
  /// A small business: till lines in bronze, sales in silver, days in gold, a star of one dimension
  /// and one fact.
  package static func sample() throws -> TestLake {
    try TestLake(
      setup: setup,
      jobs: [
        "sources.yml": sources, "silver/sales.sql": sales, "gold/daily.sql": daily,
        "warehouse/star.sql": star, "quality/rules.yml": rules,
      ])
  }

  private static let setup =
    """
    CREATE SCHEMA IF NOT EXISTS bronze;
    CREATE TABLE bronze.till (id STRING, at STRING, store STRING, amount STRING, email STRING)
      USING json LOCATION 'pos/till';
    """

  private static let sources =
    """
    landing:
      pos: {folder: landing/pos, entity: till, tool: ingest-pos}
    """

  private static let sales =
    """
    CREATE TEMPORARY VIEW typed AS
    SELECT id, try_cast(at AS TIMESTAMP) AS at, store,
      try_cast(amount AS DECIMAL(12,2)) AS amount, amount AS amount_text, email
    FROM STREAM(bronze.till);

    CREATE STREAMING TABLE silver.sales
    TBLPROPERTIES ('expect.valid_amount' = "amount IS NOT NULL ON VIOLATION QUARANTINE");

    CREATE FLOW sales_flow AS AUTO CDC INTO silver.sales FROM STREAM(typed)
    KEYS (id) SEQUENCE BY at COLUMNS * EXCEPT (amount_text) STORED AS SCD TYPE 1;
    """

  private static let daily =
    """
    CREATE MATERIALIZED VIEW gold.daily AS
    SELECT date(at) AS day, store, sum(amount) AS net FROM silver.sales
    WHERE email IS NOT NULL GROUP BY date(at), store;
    """

  private static let star =
    """
    CREATE MATERIALIZED VIEW warehouse.dim_store
    TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'store') AS
    SELECT DISTINCT store FROM silver.sales;

    CREATE MATERIALIZED VIEW warehouse.fact_day
    TBLPROPERTIES ('fact' = 'incremental', 'key' = 'day, store_key',
      'lookup.store_key' = 'dim_store(store)') AS
    SELECT day, store, net FROM gold.daily;
    """

  private static let rules =
    """
    silver.sales:
      - unique: [id]
      - name: no great amounts
        range: {column: amount, max: 100}
        severity: warn
    gold.daily:
      - not_null: [day, net]
      - name: days add up
        sql: |
          SELECT d.net FROM (SELECT sum(net) AS net FROM gold.daily) d
          CROSS JOIN (SELECT sum(amount) AS net FROM silver.sales) s WHERE d.net <> s.net
    """
}
