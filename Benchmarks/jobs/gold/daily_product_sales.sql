-- A receipt is voided on the day of its sale, so a day's figures need that day's voids only.
CREATE MATERIALIZED VIEW gold.daily_product_sales
COMMENT 'sales of a day and a product, voided receipts left out'
TBLPROPERTIES ('partition.by' = 'business_date')
AS
SELECT
  s.business_date,
  s.sku,
  CAST(sum(s.quantity) AS DECIMAL(18,3)) AS units,
  CAST(sum(s.net_amount) AS DECIMAL(18,2)) AS net_sales,
  count(DISTINCT s.store_id) AS stores
FROM silver.sales_lines s
LEFT ANTI JOIN silver.voids v
  ON v.original_transaction_id = s.transaction_id AND v.store_id = s.store_id
    AND v.business_date = s.business_date
GROUP BY s.business_date, s.sku;
