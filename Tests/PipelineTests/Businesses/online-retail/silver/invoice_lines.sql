-- The drops have no line key, and the same line may stand twice on an invoice, so every row is kept.
CREATE TEMPORARY VIEW typed_invoice_lines AS
SELECT
  InvoiceNo AS invoice_no,
  StockCode AS stock_code,
  trim(Description) AS description,
  try_cast(Quantity AS INT) AS quantity,
  try_cast(InvoiceDate AS TIMESTAMP) AS invoiced_at,
  try_cast(InvoiceDate AS DATE) AS invoice_date,
  try_cast(UnitPrice AS DECIMAL(12,3)) AS unit_price,
  try_cast(try_cast(CustomerID AS DECIMAL(12,1)) AS BIGINT) AS customer_id,
  Country AS country
FROM STREAM(bronze.online_retail);

CREATE STREAMING TABLE silver.invoice_lines
COMMENT 'every invoice line of the daily drops'
TBLPROPERTIES (
  'expect.invoice_no_present' = "invoice_no <> '' ON VIOLATION QUARANTINE",
  'expect.valid_quantity' = "quantity IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_invoice_date' = "invoiced_at IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_unit_price' = "unit_price IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.customer_known' = "customer_id IS NOT NULL"
)
AS
SELECT
  invoice_no,
  stock_code,
  description,
  quantity,
  invoiced_at,
  invoice_date,
  unit_price,
  quantity * unit_price AS amount,
  customer_id,
  country,
  invoice_no LIKE 'C%' AS is_cancellation
FROM STREAM(typed_invoice_lines);
