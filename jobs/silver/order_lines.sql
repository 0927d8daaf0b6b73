-- net_amount = quantity * unit_price - discount, rounded half up to cents.
CREATE TEMPORARY VIEW order_line_changes AS
WITH typed_lines AS (
  SELECT
    order_id,
    try_cast(line_no AS INT) AS line_no,
    sku,
    try_cast(quantity AS DECIMAL(12,3)) AS quantity,
    try_cast(unit_price AS DECIMAL(12,2)) AS unit_price,
    try_cast(discount AS DECIMAL(18,2)) AS discount,
    try_cast(tax AS DECIMAL(18,2)) AS tax,
    try_cast(updated_at AS TIMESTAMP) AS updated_at,
    __op,
    __sequence,
    __committed_at
  FROM STREAM(bronze.orders_order_lines)
)
SELECT
  order_id,
  line_no,
  sku,
  quantity,
  unit_price,
  discount,
  tax,
  try_cast(round(quantity * unit_price - discount, 2) AS DECIMAL(18,2)) AS net_amount,
  updated_at,
  __op,
  __sequence,
  __committed_at
FROM typed_lines;

CREATE STREAMING TABLE silver.order_lines
COMMENT 'order lines as they are now'
TBLPROPERTIES (
  'expect.order_id_present' = "order_id <> '' ON VIOLATION QUARANTINE",
  'expect.valid_line_no' = "line_no IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.sku_present' = "__op = 'd' OR sku <> '' ON VIOLATION QUARANTINE",
  'expect.valid_quantity' = "__op = 'd' OR quantity IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_unit_price' = "__op = 'd' OR unit_price IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_discount' = "__op = 'd' OR discount IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_tax' = "__op = 'd' OR tax IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_net_amount' = "__op = 'd' OR net_amount IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_updated_at' = "__op = 'd' OR updated_at IS NOT NULL ON VIOLATION QUARANTINE"
);

CREATE FLOW order_lines_flow AS AUTO CDC INTO silver.order_lines
FROM STREAM(order_line_changes)
KEYS (order_id, line_no)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __sequence
COLUMNS * EXCEPT (__op, __sequence, __committed_at)
STORED AS SCD TYPE 1;
