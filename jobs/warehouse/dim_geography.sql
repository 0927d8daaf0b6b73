-- What customers and stores say about a postal code: the latest word holds until the next one.
-- At the same moment a store's word counts more than a customer's, then the lowest id decides.
CREATE MATERIALIZED VIEW warehouse.dim_geography
COMMENT 'places by country and postal code, a row a version'
TBLPROPERTIES (
  'dimension' = 'scd2',
  'key' = 'country, postal_code',
  'track' = 'city, region',
  'publishes' = 'address(postal_code, city, region)'
)
AS
WITH statements AS (
  SELECT country, postal_code, city, region, __START_AT AS moment, 1 AS weight, store_id AS id
  FROM silver.stores_history
  UNION ALL
  SELECT country, postal_code, city, region, __START_AT AS moment, 2 AS weight, customer_id AS id
  FROM silver.customers_history
),
ranked_statements AS (
  SELECT
    country,
    postal_code,
    city,
    region,
    moment,
    row_number() OVER (PARTITION BY country, postal_code, moment ORDER BY weight, id) AS place
  FROM statements
  WHERE country IS NOT NULL AND postal_code IS NOT NULL
)
SELECT
  country,
  postal_code,
  city,
  region,
  moment AS valid_from,
  lead(moment) OVER (PARTITION BY country, postal_code ORDER BY moment) AS valid_to
FROM ranked_statements
WHERE place = 1;
