CREATE TEMPORARY VIEW store_changes AS
SELECT
  store_id,
  name,
  store_type,
  street,
  city,
  region,
  postal_code,
  country,
  try_cast(opened_on AS DATE) AS opened_on,
  try_cast(closed_on AS DATE) AS closed_on,
  try_cast(updated_at AS TIMESTAMP) AS updated_at,
  opened_on AS opened_on_text,
  closed_on AS closed_on_text,
  __op,
  __sequence,
  __committed_at
FROM STREAM(bronze.orders_stores);

CREATE STREAMING TABLE silver.stores
COMMENT 'stores, the web shop among them, as they are now'
TBLPROPERTIES (
  'expect.store_id_present' = "store_id <> '' ON VIOLATION QUARANTINE",
  'expect.valid_opened_on' = "__op = 'd' OR opened_on_text IS NULL OR opened_on IS NOT NULL
    ON VIOLATION QUARANTINE",
  'expect.valid_closed_on' = "__op = 'd' OR closed_on_text IS NULL OR closed_on IS NOT NULL
    ON VIOLATION QUARANTINE",
  'expect.valid_updated_at' = "__op = 'd' OR updated_at IS NOT NULL ON VIOLATION QUARANTINE"
);

CREATE FLOW stores_flow AS AUTO CDC INTO silver.stores
FROM STREAM(store_changes)
KEYS (store_id)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __sequence
COLUMNS * EXCEPT (opened_on_text, closed_on_text, __op, __sequence, __committed_at)
STORED AS SCD TYPE 1;
