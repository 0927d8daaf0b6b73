-- Stock may be summed over stores and products, and not over days.
-- One row a store and a product on the day of the load; the rows of a day are replaced as a whole.
CREATE MATERIALIZED VIEW warehouse.fact_inventory
COMMENT 'daily snapshots of the stock'
TBLPROPERTIES (
  'fact' = 'snapshot',
  'key' = 'business_date, store_id, sku',
  'snapshot.by' = 'date_key',
  'semi_additive' = 'on_hand, on_order, stock_value',
  'views' = 'as_was, as_is',
  'lookup.date_key' = 'dim_date(business_date)',
  'lookup.store_key' = 'dim_store(store_id) AS OF snapshot_at',
  'lookup.product_key' = 'dim_product(sku)'
)
AS
SELECT
  current_date() AS business_date,
  CAST(current_date() AS TIMESTAMP) AS snapshot_at,
  store_id,
  sku,
  on_hand,
  on_order,
  stock_value
FROM gold.inventory_position;
