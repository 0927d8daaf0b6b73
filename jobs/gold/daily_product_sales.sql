CREATE MATERIALIZED VIEW gold.daily_product_sales
COMMENT 'sales of a day and a product, and how many stores sold it'
TBLPROPERTIES ('partition.by' = 'business_date')
AS
SELECT
  business_date,
  sku,
  CAST(sum(quantity) AS DECIMAL(12,3)) AS units,
  CAST(sum(net_amount) AS DECIMAL(18,2)) AS net_sales,
  CAST(sum(margin_amount) AS DECIMAL(18,2)) AS margin,
  count(DISTINCT store_id) AS stores
FROM gold.sales
GROUP BY business_date, sku;
