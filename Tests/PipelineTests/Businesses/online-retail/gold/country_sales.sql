CREATE MATERIALIZED VIEW gold.country_sales
COMMENT 'lines, known customers and amount of a country'
AS
SELECT
  country,
  count(*) AS line_count,
  count(DISTINCT customer_id) AS customers,
  sum(amount) AS amount
FROM silver.invoice_lines
GROUP BY country;
