-- What a product was, and what it cost, at any time. A row that was touched but not changed starts
-- no new version.
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
