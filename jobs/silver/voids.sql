-- One row a void: the receipt original_transaction_id of this store never happened.
-- A void needs no lines.
CREATE TEMPORARY VIEW till_voids AS
SELECT
  event_id,
  transaction_id,
  original_transaction_id,
  event_time,
  business_date,
  store_id,
  register_id,
  cashier_id,
  schema_version,
  is_zoned_time
FROM STREAM(till_events)
WHERE event_type = 'void';

CREATE STREAMING TABLE silver.voids
COMMENT 'one row a void event'
TBLPROPERTIES (
  'unit.by' = 'event_id',
  'expect.supported_schema_version' = "schema_version = 1 ON VIOLATION QUARANTINE",
  'expect.event_id_present' = "event_id <> '' ON VIOLATION QUARANTINE",
  'expect.valid_event_time' = "event_time IS NOT NULL AND is_zoned_time ON VIOLATION QUARANTINE",
  'expect.original_transaction_id_present' = "original_transaction_id <> ''
    ON VIOLATION QUARANTINE",
  'expect.store_id_present' = "store_id <> '' ON VIOLATION QUARANTINE"
);

CREATE FLOW voids_flow AS AUTO CDC INTO silver.voids
FROM STREAM(till_voids)
KEYS (event_id)
SEQUENCE BY event_time
COLUMNS * EXCEPT (schema_version, is_zoned_time)
STORED AS SCD TYPE 1;
