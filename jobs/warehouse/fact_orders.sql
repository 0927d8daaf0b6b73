-- One row an order, updated as the order moves on.
CREATE MATERIALIZED VIEW warehouse.fact_orders
COMMENT 'orders with their milestones'
TBLPROPERTIES (
  'fact' = 'accumulating',
  'key' = 'order_id',
  'lookup.date_key' = 'dim_date(business_date)',
  'lookup.customer_key' = 'dim_customer(customer_id) AS OF ordered_at',
  'lookup.store_key' = 'dim_store(store_id) AS OF ordered_at'
)
AS
SELECT
  order_id,
  business_date,
  ordered_at,
  customer_id,
  store_id,
  status,
  item_count,
  net_amount,
  shipping_amount,
  hours_to_ship,
  hours_to_deliver
FROM gold.orders;
