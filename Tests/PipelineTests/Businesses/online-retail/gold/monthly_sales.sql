CREATE MATERIALIZED VIEW gold.monthly_sales
COMMENT 'lines, invoices, units and amount of a month'
AS
SELECT
  date_format(invoice_date, 'yyyy-MM') AS month,
  count(*) AS line_count,
  count(DISTINCT invoice_no) AS invoices,
  sum(quantity) AS units,
  sum(amount) AS amount
FROM silver.invoice_lines
GROUP BY date_format(invoice_date, 'yyyy-MM');
