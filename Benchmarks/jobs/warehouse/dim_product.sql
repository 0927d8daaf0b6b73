CREATE MATERIALIZED VIEW warehouse.dim_product
COMMENT 'products as they are now'
TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'sku')
AS
SELECT sku, name, category, brand, list_price, unit_cost, active
FROM silver.products;
