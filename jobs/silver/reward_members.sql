CREATE TEMPORARY VIEW reward_member_changes AS
SELECT
  loyalty_id,
  customer_id,
  tier,
  try_cast(enrolled_on AS DATE) AS enrolled_on,
  email,
  try_cast(points_balance AS BIGINT) AS points_balance,
  try_cast(updated_at AS TIMESTAMP) AS updated_at,
  enrolled_on AS enrolled_on_text,
  __op,
  __sequence,
  __committed_at
FROM STREAM(bronze.rewards_members);

CREATE STREAMING TABLE silver.reward_members
COMMENT 'members of the rewards programme as they are now'
TBLPROPERTIES (
  'expect.loyalty_id_present' = "loyalty_id <> '' ON VIOLATION QUARANTINE",
  'expect.valid_enrolled_on' = "__op = 'd' OR enrolled_on_text IS NULL OR enrolled_on IS NOT NULL
    ON VIOLATION QUARANTINE",
  'expect.valid_points_balance' = "__op = 'd' OR points_balance IS NOT NULL
    ON VIOLATION QUARANTINE",
  'expect.valid_updated_at' = "__op = 'd' OR updated_at IS NOT NULL ON VIOLATION QUARANTINE"
);

CREATE FLOW reward_members_flow AS AUTO CDC INTO silver.reward_members
FROM STREAM(reward_member_changes)
KEYS (loyalty_id)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __sequence
COLUMNS * EXCEPT (enrolled_on_text, __op, __sequence, __committed_at)
STORED AS SCD TYPE 1;

-- The points balance moves with every receipt and has its own ledger, so it starts no version.
CREATE STREAMING TABLE silver.reward_members_history
COMMENT 'every version of a member, from __START_AT until __END_AT'
TBLPROPERTIES (
  'expect.loyalty_id_present' = "loyalty_id <> '' ON VIOLATION QUARANTINE",
  'expect.valid_enrolled_on' = "__op = 'd' OR enrolled_on_text IS NULL OR enrolled_on IS NOT NULL
    ON VIOLATION QUARANTINE"
);

CREATE FLOW reward_members_history_flow AS AUTO CDC INTO silver.reward_members_history
FROM STREAM(reward_member_changes)
KEYS (loyalty_id)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __committed_at
COLUMNS * EXCEPT (
  enrolled_on_text, points_balance, __op, __sequence, __committed_at, updated_at)
STORED AS SCD TYPE 2;
