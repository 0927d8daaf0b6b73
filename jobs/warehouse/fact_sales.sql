-- One row a line of gold.sales. Its place is where the customer lived (online) or where the store
-- stood (store) at the time of the sale: a version holds until the next one starts, and the first
-- one reaches back to the beginning.
-- A sale without a customer, a store or a place has none: that is not applicable (-2), and not missing.
-- A member that nobody has described yet is a customer that is not here yet (-1), which is not the
-- same as no customer (-2): its key is one that no customer has.
CREATE MATERIALIZED VIEW warehouse.fact_sales
COMMENT 'sale and return lines of both channels'
TBLPROPERTIES (
  'fact' = 'incremental',
  'key' = 'channel, transaction_id, line_no, event_id',
  'partition.month' = 'date_key',
  'views' = 'as_was, as_is, as_known',
  'lookup.date_key' = 'dim_date(business_date)',
  'lookup.store_key' = 'dim_store(store_id) AS OF event_time NOT APPLICABLE IF NULL',
  'lookup.product_key' = 'dim_product(sku)',
  'lookup.customer_key' = 'dim_customer(customer_id) AS OF event_time NOT APPLICABLE IF NULL',
  'lookup.geography_key' =
    'dim_geography(country, postal_code) AS OF event_time NOT APPLICABLE IF NULL'
)
AS
WITH customer_starts AS (
  SELECT
    customer_id,
    country,
    postal_code,
    __START_AT AS start_at,
    lag(__START_AT) OVER (PARTITION BY customer_id ORDER BY __START_AT) AS previous_at,
    lead(__START_AT) OVER (PARTITION BY customer_id ORDER BY __START_AT) AS next_at
  FROM silver.customers_history
),
customer_places AS (
  SELECT
    customer_id,
    country,
    postal_code,
    CASE WHEN previous_at IS NULL THEN TIMESTAMP'0001-01-01 00:00:00' ELSE start_at END AS from_at,
    coalesce(next_at, TIMESTAMP'9999-12-31 00:00:00') AS to_at
  FROM customer_starts
),
store_starts AS (
  SELECT
    store_id,
    country,
    postal_code,
    __START_AT AS start_at,
    lag(__START_AT) OVER (PARTITION BY store_id ORDER BY __START_AT) AS previous_at,
    lead(__START_AT) OVER (PARTITION BY store_id ORDER BY __START_AT) AS next_at
  FROM silver.stores_history
),
store_places AS (
  SELECT
    store_id,
    country,
    postal_code,
    CASE WHEN previous_at IS NULL THEN TIMESTAMP'0001-01-01 00:00:00' ELSE start_at END AS from_at,
    coalesce(next_at, TIMESTAMP'9999-12-31 00:00:00') AS to_at
  FROM store_starts
)
SELECT
  s.channel,
  s.transaction_id,
  s.line_no,
  s.event_id,
  s.business_date,
  s.event_time,
  s.store_id,
  s.sku,
  CASE
    WHEN s.is_unknown_member THEN concat('member ', s.loyalty_id) ELSE s.customer_id
  END AS customer_id,
  CASE WHEN s.channel = 'online' THEN c.country ELSE p.country END AS country,
  CASE WHEN s.channel = 'online' THEN c.postal_code ELSE p.postal_code END AS postal_code,
  s.quantity,
  s.unit_price,
  s.discount_amount,
  s.tax_amount,
  s.net_amount,
  s.cost_amount,
  s.margin_amount
FROM gold.sales s
LEFT JOIN customer_places c
  ON c.customer_id = s.customer_id AND s.event_time >= c.from_at AND s.event_time < c.to_at
LEFT JOIN store_places p
  ON p.store_id = s.store_id AND s.event_time >= p.from_at AND s.event_time < p.to_at;
