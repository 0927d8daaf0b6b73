-- The five best days of the last 60 that have any sales.
WITH days AS (
  SELECT
    business_date,
    sum(transactions) AS receipts,
    sum(net_sales) AS net_sales,
    sum(margin) AS margin
  FROM gold.daily_store_sales
  GROUP BY business_date
),
last AS (
  SELECT *, row_number() OVER (ORDER BY business_date DESC) AS place FROM days
)
SELECT business_date, receipts, net_sales, margin
FROM last
WHERE place <= 60
ORDER BY net_sales DESC, business_date
LIMIT 5
