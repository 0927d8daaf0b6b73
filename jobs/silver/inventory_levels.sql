CREATE TEMPORARY VIEW inventory_level_changes AS
SELECT
  store_id,
  sku,
  try_cast(on_hand AS DECIMAL(12,3)) AS on_hand,
  try_cast(on_order AS DECIMAL(12,3)) AS on_order,
  try_cast(updated_at AS TIMESTAMP) AS updated_at,
  __op,
  __sequence,
  __committed_at
FROM STREAM(bronze.orders_inventory_levels);

CREATE STREAMING TABLE silver.inventory_levels
COMMENT 'stock of each store and product as it is now'
TBLPROPERTIES (
  'expect.store_id_present' = "store_id <> '' ON VIOLATION QUARANTINE",
  'expect.sku_present' = "sku <> '' ON VIOLATION QUARANTINE",
  'expect.valid_on_hand' = "__op = 'd' OR on_hand IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_on_order' = "__op = 'd' OR on_order IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_updated_at' = "__op = 'd' OR updated_at IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.on_hand_not_negative' = "__op = 'd' OR on_hand >= 0"
);

CREATE FLOW inventory_levels_flow AS AUTO CDC INTO silver.inventory_levels
FROM STREAM(inventory_level_changes)
KEYS (store_id, sku)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __sequence
COLUMNS * EXCEPT (__op, __sequence, __committed_at)
STORED AS SCD TYPE 1;
