/// A file of the business to begin with: stores and their sales, from files of a head office to a
/// star schema.
struct StarterFile {
  /// Below the folder that is laid out.
  let path: String
  let text: String

  static let all = [
    StarterFile(path: "jobs/spark-pipeline.yml", text: pipeline),
    StarterFile(path: "jobs/setup.sql", text: setup),
    StarterFile(path: "jobs/sources.yml", text: sources),
    StarterFile(path: "jobs/silver/stores.sql", text: stores),
    StarterFile(path: "jobs/silver/sales.sql", text: sales),
    StarterFile(path: "jobs/gold/daily_sales.sql", text: dailySales),
    StarterFile(path: "jobs/warehouse/dim_store.sql", text: dimension),
    StarterFile(path: "jobs/warehouse/fact_sales.sql", text: fact),
    StarterFile(path: "jobs/quality/silver.yml", text: quality),
    StarterFile(path: "landing/stores/stores.csv", text: "store_id,city\ns1,Berlin\ns2,Wien\n"),
    StarterFile(path: "landing/sales/2026-03-01.csv", text: saleLines),
  ]

  private static let pipeline = """
    # Which files hold jobs; open Spark reads the same.
    name: shop
    database: silver
    libraries:
      - glob: {include: silver/**}
      - glob: {include: gold/**}
      - glob: {include: warehouse/**}

    """

  private static let setup = """
    -- What raw files look like. LOCATION is the folder in bronze: SYSTEM/ENTITY of sources.yml.
    CREATE TABLE bronze.office_stores (store_id STRING, city STRING, ingest_date DATE)
    USING csv OPTIONS (header 'true') PARTITIONED BY (ingest_date) LOCATION 'stores/stores';

    CREATE TABLE bronze.office_sales (
      sale_id STRING, sold_at STRING, store_id STRING, amount STRING, ingest_date DATE
    ) USING csv OPTIONS (header 'true') PARTITIONED BY (ingest_date) LOCATION 'sales/sales';

    """

  private static let sources = """
    # Where files land, which bronze table they are for, and which tool takes them.
    landing:
      stores: {folder: landing/stores, entity: stores, tool: ingest-files}
      sales: {folder: landing/sales, entity: sales, tool: ingest-files}

    """

  private static let stores = """
    -- Stores as they are now: of the rows of a store the one from the last file counts.
    CREATE STREAMING TABLE silver.stores
    COMMENT 'stores as they are now'
    TBLPROPERTIES ('expect.named' = "store_id <> '' ON VIOLATION QUARANTINE");

    CREATE FLOW stores_flow AS AUTO CDC INTO silver.stores
    FROM STREAM(bronze.office_stores)
    KEYS (store_id)
    SEQUENCE BY ingest_date
    COLUMNS * EXCEPT (ingest_date)
    STORED AS SCD TYPE 1;

    """

  private static let sales = """
    -- Sales, typed. What breaks a rule is set aside: see 'quarantine list'.
    CREATE TEMPORARY VIEW typed_sales AS
    SELECT
      sale_id,
      try_cast(sold_at AS TIMESTAMP) AS sold_at,
      CAST(try_cast(sold_at AS TIMESTAMP) AS DATE) AS business_date,
      store_id,
      try_cast(amount AS DECIMAL(12,2)) AS amount
    FROM STREAM(bronze.office_sales);

    CREATE STREAMING TABLE silver.sales
    COMMENT 'a row a sale'
    TBLPROPERTIES (
      'partition.by' = 'business_date',
      'expect.named' = "sale_id <> '' ON VIOLATION QUARANTINE",
      'expect.dated' = "sold_at IS NOT NULL ON VIOLATION QUARANTINE",
      'expect.priced' = "amount IS NOT NULL ON VIOLATION QUARANTINE");

    CREATE FLOW sales_flow AS AUTO CDC INTO silver.sales
    FROM STREAM(typed_sales)
    KEYS (sale_id)
    SEQUENCE BY sold_at
    STORED AS SCD TYPE 1;

    """

  private static let dailySales = """
    CREATE MATERIALIZED VIEW gold.daily_sales
    COMMENT 'sales by day and city'
    TBLPROPERTIES ('partition.by' = 'business_date')
    AS
    SELECT s.business_date, t.city, count(*) AS sale_count, sum(s.amount) AS amount
    FROM silver.sales s
    LEFT JOIN silver.stores t ON t.store_id = s.store_id
    GROUP BY s.business_date, t.city;

    """

  private static let dimension = """
    CREATE MATERIALIZED VIEW warehouse.dim_store
    COMMENT 'stores, a row a store; the loader adds store_key'
    TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'store_id')
    AS
    SELECT store_id, city FROM silver.stores;

    """

  private static let fact = """
    CREATE MATERIALIZED VIEW warehouse.fact_sales
    COMMENT 'sales, a row a sale; store_key points to dim_store'
    TBLPROPERTIES (
      'fact' = 'incremental',
      'key' = 'sale_id',
      'lookup.store_key' = 'dim_store(store_id)')
    AS
    SELECT sale_id, sold_at, business_date, store_id, amount FROM silver.sales;

    """

  private static let quality = """
    # What dq-check asks of the published tables.
    silver.sales:
      - not_null: [sale_id, business_date, amount]
      - unique: [sale_id]
      - references: {columns: [store_id], table: silver.stores, to: [store_id]}
        severity: warn

    """

  private static let saleLines = """
    sale_id,sold_at,store_id,amount
    1,2026-03-01T09:30:00Z,s1,12.50
    2,2026-03-01T10:00:00Z,s2,7.00
    3,2026-03-01T11:15:00Z,s1,a lot

    """
}
