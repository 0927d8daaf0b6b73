-- One row a cost of a product. A cost holds until the next one starts, also after the source has
-- deleted the product; the first one reaches back to the beginning. Category and brand are the
-- present ones, of a deleted product the last ones.
CREATE MATERIALIZED VIEW gold.product_costs
COMMENT 'what a unit of a product cost from valid_from (NULL: ever) until valid_to (NULL: open)'
AS
WITH versions AS (
  SELECT
    sku,
    unit_cost,
    __START_AT AS start_at,
    row_number() OVER (PARTITION BY sku ORDER BY __START_AT) AS place,
    lag(unit_cost) OVER (PARTITION BY sku ORDER BY __START_AT) AS previous_cost,
    last_value(category) OVER (
      PARTITION BY sku ORDER BY __START_AT
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS category,
    last_value(brand) OVER (
      PARTITION BY sku ORDER BY __START_AT
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS brand
  FROM silver.products_history
)
SELECT
  sku,
  CASE WHEN place > 1 THEN start_at END AS valid_from,
  lead(start_at) OVER (PARTITION BY sku ORDER BY start_at) AS valid_to,
  unit_cost,
  category,
  brand
FROM versions
WHERE place = 1 OR NOT unit_cost <=> previous_cost;
