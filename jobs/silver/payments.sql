-- One row a payment of a sale or a return, signed as its lines are: a refund is negative.
-- payment_no is the payment's place in the event, from 1.
CREATE TEMPORARY VIEW till_payments AS
WITH payment_texts AS (
  SELECT
    e.*,
    p.position + 1 AS payment_no,
    p.payment.method AS method,
    p.payment.amount AS amount_text,
    try_cast(p.payment.amount AS DECIMAL(18,2)) AS paid
  FROM STREAM(till_events) AS e
  LATERAL VIEW posexplode(e.payments) p AS position, payment
  WHERE e.event_type IN ('sale', 'return')
)
SELECT
  event_id,
  payment_no,
  event_type,
  transaction_id,
  event_time,
  business_date,
  store_id,
  currency,
  method,
  CASE WHEN event_type = 'return' THEN -paid ELSE paid END AS amount,
  schema_version,
  is_zoned_time,
  is_iso_currency,
  has_unique_line_nos,
  paid,
  amount_text
FROM payment_texts;

CREATE STREAMING TABLE silver.payments
COMMENT 'one row a payment of a sale or a return'
TBLPROPERTIES (
  'unit.by' = 'event_id',
  'expect.supported_schema_version' = "schema_version = 1 ON VIOLATION QUARANTINE",
  'expect.event_id_present' = "event_id <> '' ON VIOLATION QUARANTINE",
  'expect.valid_event_time' = "event_time IS NOT NULL AND is_zoned_time ON VIOLATION QUARANTINE",
  'expect.known_currency' = "is_iso_currency ON VIOLATION QUARANTINE",
  'expect.line_numbers_unique' = "has_unique_line_nos ON VIOLATION QUARANTINE",
  'expect.valid_amount' = "paid = try_cast(amount_text AS DECIMAL(38,12))
    ON VIOLATION QUARANTINE",
  'expect.method_present' = "method <> ''"
);

CREATE FLOW payments_flow AS AUTO CDC INTO silver.payments
FROM STREAM(till_payments)
KEYS (event_id, payment_no)
SEQUENCE BY event_time
COLUMNS * EXCEPT (
  schema_version, is_zoned_time, is_iso_currency, has_unique_line_nos, paid, amount_text)
STORED AS SCD TYPE 1;
