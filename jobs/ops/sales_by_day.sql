-- Net sales of the last 60 days that have any, the oldest first.
WITH days AS (
  SELECT business_date, sum(net_sales) AS net_sales
  FROM gold.daily_store_sales
  GROUP BY business_date
),
last AS (
  SELECT business_date, net_sales, row_number() OVER (ORDER BY business_date DESC) AS place
  FROM days
)
SELECT business_date, net_sales FROM last WHERE place <= 60 ORDER BY business_date
