CREATE MATERIALIZED VIEW warehouse.dim_store
COMMENT 'stores, a row a version'
TBLPROPERTIES (
  'dimension' = 'scd2',
  'key' = 'store_id',
  'track' = 'name, store_type, city, region, postal_code, country'
)
AS
SELECT
  store_id,
  name,
  store_type,
  city,
  region,
  postal_code,
  country,
  opened_on,
  closed_on,
  __START_AT AS valid_from,
  __END_AT AS valid_to
FROM silver.stores_history;
