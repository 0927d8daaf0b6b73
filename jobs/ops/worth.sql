-- What is at stake in a table, in words: messages about it say so, and the report.
WITH days AS (
  SELECT business_date, sum(net_sales) AS net_sales
  FROM gold.daily_store_sales
  GROUP BY business_date
),
usual AS (
  SELECT concat(
    format_number(percentile_approx(net_sales, 0.5), 2), ' of sales on a usual day') AS words
  FROM days
)
SELECT 'gold.sales' AS table_name, words FROM usual
UNION ALL
SELECT 'warehouse.fact_sales' AS table_name, words FROM usual
UNION ALL
SELECT
  'silver.sales_lines' AS table_name,
  concat(
    format_number(count(DISTINCT get_json_object(raw, '$.event_id')), 0),
    ' receipts wait, of ',
    format_number(
      coalesce(sum(CAST(get_json_object(raw, '$.payments[0].amount') AS DECIMAL(18,2))), 0), 2)
  ) AS words
FROM (SELECT DISTINCT raw FROM quarantine.sales_lines) AS receipts
