CREATE TEMPORARY VIEW product_changes AS
SELECT
  sku,
  name,
  category,
  brand,
  try_cast(list_price AS DECIMAL(12,2)) AS list_price,
  try_cast(unit_cost AS DECIMAL(12,2)) AS unit_cost,
  try_cast(active AS BOOLEAN) AS active,
  try_cast(updated_at AS TIMESTAMP) AS updated_at,
  list_price AS list_price_text,
  unit_cost AS unit_cost_text,
  __op,
  __sequence,
  __committed_at
FROM STREAM(bronze.orders_products);

CREATE STREAMING TABLE silver.products
COMMENT 'products as they are now'
TBLPROPERTIES (
  'expect.sku_present' = "sku <> '' ON VIOLATION QUARANTINE",
  'expect.valid_list_price' = "__op = 'd' OR list_price_text IS NULL OR list_price >= 0
    ON VIOLATION QUARANTINE",
  'expect.valid_unit_cost' = "__op = 'd' OR unit_cost_text IS NULL OR unit_cost >= 0
    ON VIOLATION QUARANTINE",
  'expect.valid_active' = "__op = 'd' OR active IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_updated_at' = "__op = 'd' OR updated_at IS NOT NULL ON VIOLATION QUARANTINE"
);

CREATE FLOW products_flow AS AUTO CDC INTO silver.products
FROM STREAM(product_changes)
KEYS (sku)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __sequence
COLUMNS * EXCEPT (list_price_text, unit_cost_text, __op, __sequence, __committed_at)
STORED AS SCD TYPE 1;

-- What a product cost when it was sold: gold takes unit_cost as of the event's time.
CREATE STREAMING TABLE silver.products_history
COMMENT 'every version of a product, from __START_AT until __END_AT'
TBLPROPERTIES (
  'expect.sku_present' = "sku <> '' ON VIOLATION QUARANTINE",
  'expect.valid_list_price' = "__op = 'd' OR list_price_text IS NULL OR list_price >= 0
    ON VIOLATION QUARANTINE",
  'expect.valid_unit_cost' = "__op = 'd' OR unit_cost_text IS NULL OR unit_cost >= 0
    ON VIOLATION QUARANTINE",
  'expect.valid_active' = "__op = 'd' OR active IS NOT NULL ON VIOLATION QUARANTINE"
);

CREATE FLOW products_history_flow AS AUTO CDC INTO silver.products_history
FROM STREAM(product_changes)
KEYS (sku)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __committed_at
COLUMNS * EXCEPT (
  list_price_text, unit_cost_text, __op, __sequence, __committed_at, updated_at)
STORED AS SCD TYPE 2;
