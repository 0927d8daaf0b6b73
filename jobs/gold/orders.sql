-- Hours are counted from the order; they are NULL until the milestone is reached.
CREATE MATERIALIZED VIEW gold.orders
COMMENT 'every order, cancelled ones too, with the totals of its lines'
AS
WITH line_totals AS (
  SELECT
    order_id,
    count(*) AS item_count,
    CAST(sum(quantity) AS DECIMAL(12,3)) AS units,
    CAST(sum(discount) AS DECIMAL(18,2)) AS discount_amount,
    CAST(sum(tax) AS DECIMAL(18,2)) AS tax_amount,
    CAST(sum(net_amount) AS DECIMAL(18,2)) AS net_amount
  FROM silver.order_lines
  GROUP BY order_id
)
SELECT
  o.order_id,
  o.customer_id,
  o.store_id,
  o.business_date,
  o.ordered_at,
  o.shipped_at,
  o.delivered_at,
  o.status,
  o.currency,
  coalesce(t.item_count, 0) AS item_count,
  coalesce(t.units, CAST(0 AS DECIMAL(12,3))) AS units,
  coalesce(t.discount_amount, CAST(0 AS DECIMAL(18,2))) AS discount_amount,
  coalesce(t.tax_amount, CAST(0 AS DECIMAL(18,2))) AS tax_amount,
  coalesce(t.net_amount, CAST(0 AS DECIMAL(18,2))) AS net_amount,
  o.shipping_amount,
  CAST(round(
    (unix_timestamp(o.shipped_at) - unix_timestamp(o.ordered_at)) / 3600BD, 2
  ) AS DECIMAL(12,2)) AS hours_to_ship,
  CAST(round(
    (unix_timestamp(o.delivered_at) - unix_timestamp(o.ordered_at)) / 3600BD, 2
  ) AS DECIMAL(12,2)) AS hours_to_deliver
FROM silver.orders o
LEFT JOIN line_totals t ON t.order_id = o.order_id;
