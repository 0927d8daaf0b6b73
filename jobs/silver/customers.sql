CREATE TEMPORARY VIEW customer_changes AS
SELECT
  customer_id,
  email,
  first_name,
  last_name,
  phone,
  street,
  city,
  region,
  postal_code,
  country,
  try_cast(created_at AS TIMESTAMP) AS created_at,
  try_cast(updated_at AS TIMESTAMP) AS updated_at,
  __op,
  __sequence,
  __committed_at
FROM STREAM(bronze.orders_customers);

-- A delete carries the row as it was; only its key is judged, so that no rule keeps a deleted row.
CREATE STREAMING TABLE silver.customers
COMMENT 'customers of the order system as they are now'
TBLPROPERTIES (
  'expect.customer_id_present' = "customer_id <> '' ON VIOLATION QUARANTINE",
  'expect.valid_created_at' = "__op = 'd' OR created_at IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_updated_at' = "__op = 'd' OR updated_at IS NOT NULL ON VIOLATION QUARANTINE"
);

CREATE FLOW customers_flow AS AUTO CDC INTO silver.customers
FROM STREAM(customer_changes)
KEYS (customer_id)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __sequence
COLUMNS * EXCEPT (__op, __sequence, __committed_at)
STORED AS SCD TYPE 1;

-- updated_at stands aside: a row that was touched but not changed starts no new version.
CREATE STREAMING TABLE silver.customers_history
COMMENT 'every version of a customer, from __START_AT until __END_AT'
TBLPROPERTIES (
  'expect.customer_id_present' = "customer_id <> '' ON VIOLATION QUARANTINE",
  'expect.valid_created_at' = "__op = 'd' OR created_at IS NOT NULL ON VIOLATION QUARANTINE"
);

CREATE FLOW customers_history_flow AS AUTO CDC INTO silver.customers_history
FROM STREAM(customer_changes)
KEYS (customer_id)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __committed_at
COLUMNS * EXCEPT (__op, __sequence, __committed_at, updated_at)
STORED AS SCD TYPE 2;
