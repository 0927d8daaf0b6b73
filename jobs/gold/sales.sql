-- Every kept sale and return line of both channels.
-- Left out: receipts that a void of the same store names, and cancelled orders.
--
-- The past stays as it was: the customer is the one to whom the member belonged at the time of the
-- sale, and the cost is that of its time. Category and brand are the present ones.
-- A loyalty_id that nobody has described yet gives no customer, and is_unknown_member says so.
CREATE MATERIALIZED VIEW gold.sales
COMMENT 'every kept sale and return line of the stores and of the web shop'
TBLPROPERTIES (
  'partition.by' = 'business_date',
  'expect.key_present' = "transaction_id IS NOT NULL AND line_no IS NOT NULL
    AND event_id IS NOT NULL AND business_date IS NOT NULL ON VIOLATION FAIL"
)
AS
WITH members AS (
  SELECT
    loyalty_id,
    customer_id,
    coalesce(valid_from, TIMESTAMP'0001-01-01 00:00:00') AS from_at,
    coalesce(valid_to, TIMESTAMP'9999-12-31 00:00:00') AS to_at
  FROM gold.member_customers
),
costs AS (
  SELECT
    sku,
    unit_cost,
    category,
    brand,
    coalesce(valid_from, TIMESTAMP'0001-01-01 00:00:00') AS from_at,
    coalesce(valid_to, TIMESTAMP'9999-12-31 00:00:00') AS to_at
  FROM gold.product_costs
),
store_lines AS (
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
    coalesce(s.loyalty_id, '') <> '' AND m.loyalty_id IS NULL AS is_unknown_member,
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
  LEFT JOIN members m
    ON m.loyalty_id = s.loyalty_id AND s.event_time >= m.from_at AND s.event_time < m.to_at
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
    FALSE AS is_unknown_member,
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
  LEFT JOIN costs p
    ON p.sku = l.sku AND l.event_time >= p.from_at AND l.event_time < p.to_at
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
  is_unknown_member,
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
