CREATE TEMPORARY VIEW points_ledger_changes AS
SELECT
  try_cast(entry_id AS BIGINT) AS entry_id,
  loyalty_id,
  transaction_id,
  try_cast(points AS BIGINT) AS points,
  reason,
  try_cast(entry_at AS TIMESTAMP) AS entry_at,
  __op,
  __sequence,
  __committed_at
FROM STREAM(bronze.rewards_points_ledger);

CREATE STREAMING TABLE silver.points_ledger
COMMENT 'points earned and spent, as the ledger stands now'
TBLPROPERTIES (
  'expect.valid_entry_id' = "entry_id IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.loyalty_id_present' = "__op = 'd' OR loyalty_id <> '' ON VIOLATION QUARANTINE",
  'expect.valid_points' = "__op = 'd' OR points IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_entry_at' = "__op = 'd' OR entry_at IS NOT NULL ON VIOLATION QUARANTINE"
);

CREATE FLOW points_ledger_flow AS AUTO CDC INTO silver.points_ledger
FROM STREAM(points_ledger_changes)
KEYS (entry_id)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __sequence
COLUMNS * EXCEPT (__op, __sequence, __committed_at)
STORED AS SCD TYPE 1;
