CREATE MATERIALIZED VIEW warehouse.dim_store
COMMENT 'stores as they are now'
TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'store_id')
AS
SELECT store_id, name, store_type, city, region, postal_code, country, opened_on, closed_on
FROM silver.stores;
