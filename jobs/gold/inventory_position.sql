-- The 28 days end with the last business date of all sales.
-- days_of_cover is how long the stock lasts at that pace; NULL when nothing was sold.
CREATE MATERIALIZED VIEW gold.inventory_position
COMMENT 'stock of each store and product, its value and how long it lasts'
AS
WITH dated_sales AS (
  SELECT
    store_id,
    sku,
    quantity,
    business_date,
    max(business_date) OVER () AS last_date
  FROM gold.sales
),
recent_sales AS (
  SELECT store_id, sku, CAST(sum(quantity) AS DECIMAL(12,3)) AS units_sold
  FROM dated_sales
  WHERE business_date > date_sub(last_date, 28)
  GROUP BY store_id, sku
)
SELECT
  i.store_id,
  i.sku,
  i.on_hand,
  i.on_order,
  try_cast(round(i.on_hand * p.unit_cost, 2) AS DECIMAL(18,2)) AS stock_value,
  coalesce(r.units_sold, CAST(0 AS DECIMAL(12,3))) AS units_sold_28d,
  CASE
    WHEN r.units_sold > 0
    THEN try_cast(round(i.on_hand * 28 / r.units_sold, 1) AS DECIMAL(12,1))
  END AS days_of_cover
FROM silver.inventory_levels i
LEFT JOIN silver.products p ON p.sku = i.sku
LEFT JOIN recent_sales r ON r.store_id = i.store_id AND r.sku = i.sku;
