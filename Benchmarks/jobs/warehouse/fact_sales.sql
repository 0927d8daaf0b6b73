CREATE MATERIALIZED VIEW warehouse.fact_sales
COMMENT 'sale and return lines of receipts that stand'
TBLPROPERTIES (
  'fact' = 'incremental',
  'key' = 'transaction_id, line_no, event_id',
  'lookup.date_key' = 'dim_date(business_date)',
  'lookup.store_key' = 'dim_store(store_id)',
  'lookup.product_key' = 'dim_product(sku)'
)
AS
SELECT
  s.transaction_id,
  s.line_no,
  s.event_id,
  s.business_date,
  s.store_id,
  s.sku,
  s.quantity,
  s.unit_price,
  s.discount_amount,
  s.tax_amount,
  s.net_amount
FROM silver.sales_lines s
LEFT ANTI JOIN silver.voids v
  ON v.original_transaction_id = s.transaction_id AND v.store_id = s.store_id
    AND v.business_date = s.business_date;
