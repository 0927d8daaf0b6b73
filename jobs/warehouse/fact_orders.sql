-- One row an order, updated as the order moves on. A milestone that was reached stays reached, also when
-- the source forgets its time, unless the status says that the order went back behind it.
CREATE MATERIALIZED VIEW warehouse.fact_orders
COMMENT 'orders with their milestones'
TBLPROPERTIES (
  'fact' = 'accumulating',
  'key' = 'order_id',
  'milestones' = 'shipped_at, delivered_at, hours_to_ship, hours_to_deliver',
  'undo' = 'is_undone',
  'views' = 'as_was, as_is, as_known',
  'lookup.date_key' = 'dim_date(business_date)',
  'lookup.customer_key' = 'dim_customer(customer_id) AS OF ordered_at NOT APPLICABLE IF NULL',
  'lookup.store_key' = 'dim_store(store_id) AS OF ordered_at NOT APPLICABLE IF NULL'
)
AS
SELECT
  order_id,
  business_date,
  ordered_at,
  customer_id,
  store_id,
  status,
  status IN ('placed', 'paid') OR status = 'shipped' AND shipped_at IS NOT NULL AS is_undone,
  shipped_at,
  delivered_at,
  item_count,
  net_amount,
  shipping_amount,
  hours_to_ship,
  hours_to_deliver
FROM gold.orders;
