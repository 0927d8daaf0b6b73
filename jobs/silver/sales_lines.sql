-- One row a till line of a sale or a return. A return's quantities and amounts are negative.
-- OUTER keeps an event without lines, so that a rule can set it aside instead of losing it.
CREATE TEMPORARY VIEW till_lines AS
WITH line_texts AS (
  SELECT
    e.*,
    l.position AS position,
    l.line.line_no AS line_no_text,
    l.line.sku AS sku,
    l.line.description AS description,
    l.line.quantity AS quantity_text,
    l.line.unit_price AS unit_price_text,
    coalesce(l.line.discount, '0') AS discount_text,
    coalesce(l.line.tax, '0') AS tax_text
  FROM STREAM(till_events) AS e
  LATERAL VIEW OUTER posexplode(e.lines) l AS position, line
  WHERE coalesce(e.event_type, '') <> 'void'
),
typed_lines AS (
  SELECT
    *,
    try_cast(line_no_text AS INT) AS line_no,
    try_cast(quantity_text AS DECIMAL(12,3)) AS line_quantity,
    try_cast(unit_price_text AS DECIMAL(12,2)) AS unit_price,
    try_cast(discount_text AS DECIMAL(18,2)) AS line_discount,
    try_cast(tax_text AS DECIMAL(18,2)) AS line_tax
  FROM line_texts
),
priced_lines AS (
  SELECT
    *,
    try_cast(round(line_quantity * unit_price - line_discount, 2) AS DECIMAL(18,2)) AS line_net
  FROM typed_lines
)
SELECT
  event_id,
  line_no,
  event_type,
  transaction_id,
  original_transaction_id,
  event_time,
  business_date,
  store_id,
  register_id,
  cashier_id,
  loyalty_id,
  currency,
  sku,
  description,
  CASE WHEN event_type = 'return' THEN -line_quantity ELSE line_quantity END AS quantity,
  unit_price,
  CASE WHEN event_type = 'return' THEN -line_discount ELSE line_discount END AS discount_amount,
  CASE WHEN event_type = 'return' THEN -line_tax ELSE line_tax END AS tax_amount,
  CASE WHEN event_type = 'return' THEN -line_net ELSE line_net END AS net_amount,
  schema_version,
  is_zoned_time,
  is_iso_currency,
  has_unique_line_nos,
  position,
  line_quantity,
  quantity_text,
  unit_price_text,
  line_discount,
  discount_text,
  line_tax,
  tax_text
FROM priced_lines;

-- Rules are tried in this order; a row is set aside under the first one it breaks.
-- A number must fit its type exactly: a price of 1.999 is set aside, never rounded to 2.00.
-- An event_id that comes with another body is a conflict: one receipt stands, never some lines of
-- each.
CREATE STREAMING TABLE silver.sales_lines
COMMENT 'one row a till line of a sale or a return'
TBLPROPERTIES (
  'partition.by' = 'business_date',
  'unit.by' = 'event_id',
  'expect.supported_schema_version' = "schema_version = 1 ON VIOLATION QUARANTINE",
  'expect.event_id_present' = "event_id <> '' ON VIOLATION QUARANTINE",
  'expect.known_event_type' = "event_type IN ('sale', 'return') ON VIOLATION QUARANTINE",
  'expect.valid_event_time' = "event_time IS NOT NULL AND is_zoned_time ON VIOLATION QUARANTINE",
  'expect.transaction_id_present' = "transaction_id <> '' ON VIOLATION QUARANTINE",
  'expect.store_id_present' = "store_id <> '' ON VIOLATION QUARANTINE",
  'expect.known_currency' = "is_iso_currency ON VIOLATION QUARANTINE",
  'expect.has_lines' = "position IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_line_no' = "line_no > 0 ON VIOLATION QUARANTINE",
  'expect.line_numbers_unique' = "has_unique_line_nos ON VIOLATION QUARANTINE",
  'expect.sku_present' = "sku <> '' ON VIOLATION QUARANTINE",
  'expect.valid_quantity' = "line_quantity = try_cast(quantity_text AS DECIMAL(38,12))
    ON VIOLATION QUARANTINE",
  'expect.quantity_not_zero' = "line_quantity <> 0 ON VIOLATION QUARANTINE",
  'expect.return_quantity_positive' = "event_type <> 'return' OR line_quantity > 0
    ON VIOLATION QUARANTINE",
  'expect.valid_unit_price' = "unit_price = try_cast(unit_price_text AS DECIMAL(38,12))
    ON VIOLATION QUARANTINE",
  'expect.valid_discount' = "line_discount = try_cast(discount_text AS DECIMAL(38,12))
    ON VIOLATION QUARANTINE",
  'expect.valid_tax' = "line_tax = try_cast(tax_text AS DECIMAL(38,12)) ON VIOLATION QUARANTINE",
  'expect.valid_net_amount' = "net_amount IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.unit_price_not_negative' = "unit_price >= 0"
);

CREATE FLOW sales_lines_flow AS AUTO CDC INTO silver.sales_lines
FROM STREAM(till_lines)
KEYS (event_id, line_no)
SEQUENCE BY event_time
COLUMNS * EXCEPT (
  schema_version, is_zoned_time, is_iso_currency, has_unique_line_nos, position, line_quantity,
  quantity_text, unit_price_text, line_discount, discount_text, line_tax, tax_text)
STORED AS SCD TYPE 1;
