-- The bronze contracts: what each raw dataset looks like and where it lies.
--
-- Our tools read this file at every run. Open Spark reads it once, from the folder that holds
-- jobs/ and lake/:
--     spark-sql -f jobs/setup.sql
--
-- A table's LOCATION is relative to its schema's. Spark starts a schema's own relative LOCATION at
-- its folder spark-warehouse (hence the ../); our tools take schema bronze from <lake>/bronze.
-- Streams find new ingest_date folders alone; a batch query of a bronze table in Spark needs a
-- MSCK REPAIR TABLE bronze.<table> before it.
-- Raw scalars are STRING, so that a wrong one is kept as it came and judged by silver.

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
CREATE TABLE IF NOT EXISTS bronze.orders_customers (
  customer_id STRING,
  email STRING,
  first_name STRING,
  last_name STRING,
  phone STRING,
  street STRING,
  city STRING,
  region STRING,
  postal_code STRING,
  country STRING,
  created_at STRING,
  updated_at STRING,
  __op STRING,
  __sequence BIGINT,
  __committed_at TIMESTAMP,
  ingest_date DATE
) USING parquet PARTITIONED BY (ingest_date) LOCATION 'orders/customers';

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

CREATE TABLE IF NOT EXISTS bronze.orders_orders (
  order_id STRING,
  customer_id STRING,
  store_id STRING,
  ordered_at STRING,
  status STRING,
  currency STRING,
  shipping_amount STRING,
  shipped_at STRING,
  delivered_at STRING,
  updated_at STRING,
  __op STRING,
  __sequence BIGINT,
  __committed_at TIMESTAMP,
  ingest_date DATE
) USING parquet PARTITIONED BY (ingest_date) LOCATION 'orders/orders';

CREATE TABLE IF NOT EXISTS bronze.orders_order_lines (
  order_id STRING,
  line_no STRING,
  sku STRING,
  quantity STRING,
  unit_price STRING,
  discount STRING,
  tax STRING,
  updated_at STRING,
  __op STRING,
  __sequence BIGINT,
  __committed_at TIMESTAMP,
  ingest_date DATE
) USING parquet PARTITIONED BY (ingest_date) LOCATION 'orders/order_lines';

CREATE TABLE IF NOT EXISTS bronze.orders_inventory_levels (
  store_id STRING,
  sku STRING,
  on_hand STRING,
  on_order STRING,
  updated_at STRING,
  __op STRING,
  __sequence BIGINT,
  __committed_at TIMESTAMP,
  ingest_date DATE
) USING parquet PARTITIONED BY (ingest_date) LOCATION 'orders/inventory_levels';

CREATE TABLE IF NOT EXISTS bronze.rewards_members (
  loyalty_id STRING,
  customer_id STRING,
  tier STRING,
  enrolled_on STRING,
  email STRING,
  points_balance STRING,
  updated_at STRING,
  __op STRING,
  __sequence BIGINT,
  __committed_at TIMESTAMP,
  ingest_date DATE
) USING parquet PARTITIONED BY (ingest_date) LOCATION 'rewards/members';

CREATE TABLE IF NOT EXISTS bronze.rewards_points_ledger (
  entry_id STRING,
  loyalty_id STRING,
  transaction_id STRING,
  points STRING,
  reason STRING,
  entry_at STRING,
  __op STRING,
  __sequence BIGINT,
  __committed_at TIMESTAMP,
  ingest_date DATE
) USING parquet PARTITIONED BY (ingest_date) LOCATION 'rewards/points_ledger';
