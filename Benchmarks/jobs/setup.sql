-- The bronze contracts of the benchmark: those of jobs/setup.sql that it needs.

CREATE SCHEMA IF NOT EXISTS bronze LOCATION '../lake/bronze';
CREATE SCHEMA IF NOT EXISTS silver;
CREATE SCHEMA IF NOT EXISTS gold;
CREATE SCHEMA IF NOT EXISTS warehouse;

-- Till events, one JSON object a line. Money may be a JSON string or number; it is text here.
CREATE TABLE IF NOT EXISTS bronze.pos_events (
  schema_version STRING,
  event_id STRING,
  event_type STRING,
  event_time STRING,
  store_id STRING,
  register_id STRING,
  cashier_id STRING,
  transaction_id STRING,
  original_transaction_id STRING,
  loyalty_id STRING,
  currency STRING,
  lines ARRAY<STRUCT<
    line_no: STRING, sku: STRING, description: STRING, quantity: STRING,
    unit_price: STRING, discount: STRING, tax: STRING>>,
  payments ARRAY<STRUCT<method: STRING, amount: STRING>>,
  ingest_date DATE
) USING json PARTITIONED BY (ingest_date) LOCATION 'pos/events';

-- Change rows: the source's columns as text, then the operation (c create, u update, d delete,
-- r snapshot read), a number that orders the changes of one table, and the change's time.
CREATE TABLE IF NOT EXISTS bronze.orders_products (
  sku STRING,
  name STRING,
  category STRING,
  brand STRING,
  list_price STRING,
  unit_cost STRING,
  active STRING,
  updated_at STRING,
  __op STRING,
  __sequence BIGINT,
  __committed_at TIMESTAMP,
  ingest_date DATE
) USING parquet PARTITIONED BY (ingest_date) LOCATION 'orders/products';

CREATE TABLE IF NOT EXISTS bronze.orders_stores (
  store_id STRING,
  name STRING,
  store_type STRING,
  street STRING,
  city STRING,
  region STRING,
  postal_code STRING,
  country STRING,
  opened_on STRING,
  closed_on STRING,
  updated_at STRING,
  __op STRING,
  __sequence BIGINT,
  __committed_at TIMESTAMP,
  ingest_date DATE
) USING parquet PARTITIONED BY (ingest_date) LOCATION 'orders/stores';
