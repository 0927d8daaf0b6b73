-- Every kept sale and return line of both channels.
-- Left out: receipts that a void of the same store names, and cancelled orders.
CREATE MATERIALIZED VIEW gold.sales
COMMENT 'every kept sale and return line of the stores and of the web shop'
TBLPROPERTIES (
  'partition.by' = 'business_date',
  'expect.key_present' = "transaction_id IS NOT NULL AND line_no IS NOT NULL
    AND event_id IS NOT NULL AND business_date IS NOT NULL ON VIOLATION FAIL"
)
AS
WITH store_lines AS (
  SELECT
    'store' AS channel,
    s.transaction_id,
    s.line_no,
    s.event_id,
    s.event_type,
    s.original_transaction_id,
    s.event_time,
    s.business_date,
    s.store_id,
    m.customer_id,
    s.loyalty_id,
    s.currency,
    s.sku,
    s.quantity,
    s.unit_price,
    s.discount_amount,
    s.tax_amount,
    s.net_amount
  FROM silver.sales_lines s
  LEFT ANTI JOIN silver.voids v
    ON v.original_transaction_id = s.transaction_id AND v.store_id = s.store_id
  LEFT JOIN silver.reward_members m ON m.loyalty_id = s.loyalty_id
),
online_lines AS (
  SELECT
    'online' AS channel,
    o.order_id AS transaction_id,
    l.line_no,
    o.order_id AS event_id,
    'sale' AS event_type,
    CAST(NULL AS STRING) AS original_transaction_id,
    o.ordered_at AS event_time,
    o.business_date,
    o.store_id,
    o.customer_id,
    CAST(NULL AS STRING) AS loyalty_id,
    o.currency,
    l.sku,
    l.quantity,
    l.unit_price,
    l.discount AS discount_amount,
    l.tax AS tax_amount,
    l.net_amount
  FROM silver.orders o
  JOIN silver.order_lines l ON l.order_id = o.order_id
  WHERE o.status <> 'cancelled'
),
sale_lines AS (
  SELECT * FROM store_lines
  UNION ALL
  SELECT * FROM online_lines
),
costed_lines AS (
  SELECT
    l.*,
    p.category,
    p.brand,
    try_cast(round(l.quantity * p.unit_cost, 2) AS DECIMAL(18,2)) AS cost_amount
  FROM sale_lines l
  LEFT JOIN silver.products p ON p.sku = l.sku
)
SELECT
  channel,
  transaction_id,
  line_no,
  event_id,
  event_type,
  original_transaction_id,
  event_time,
  business_date,
  store_id,
  customer_id,
  loyalty_id,
  currency,
  sku,
  category,
  brand,
  quantity,
  unit_price,
  discount_amount,
  tax_amount,
  net_amount,
  cost_amount,
  CAST(net_amount - cost_amount AS DECIMAL(18,2)) AS margin_amount
FROM costed_lines;
