-- A transaction is a receipt or an order; a return's receipt counts as one, with a negative amount.
CREATE MATERIALIZED VIEW gold.daily_store_sales
COMMENT 'sales of a day, a store and a channel'
TBLPROPERTIES ('partition.by' = 'business_date')
AS
WITH days AS (
  SELECT
    business_date,
    store_id,
    channel,
    count(DISTINCT transaction_id) AS transactions,
    CAST(sum(quantity) AS DECIMAL(12,3)) AS units,
    CAST(sum(net_amount) AS DECIMAL(18,2)) AS net_sales,
    CAST(sum(discount_amount) AS DECIMAL(18,2)) AS discounts,
    CAST(sum(tax_amount) AS DECIMAL(18,2)) AS tax,
    CAST(sum(margin_amount) AS DECIMAL(18,2)) AS margin
  FROM gold.sales
  GROUP BY business_date, store_id, channel
)
SELECT
  business_date,
  store_id,
  channel,
  transactions,
  units,
  net_sales,
  discounts,
  tax,
  margin,
  CAST(round(net_sales / transactions, 2) AS DECIMAL(18,2)) AS average_basket
FROM days;
