-- business_date is the calendar date of the order as the source wrote it.
CREATE TEMPORARY VIEW order_changes AS
SELECT
  order_id,
  customer_id,
  store_id,
  try_cast(ordered_at AS TIMESTAMP) AS ordered_at,
  try_cast(ordered_at AS DATE) AS business_date,
  status,
  currency,
  currency IN (
    'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT',
    'BGN', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD',
    'CDF', 'CHF', 'CLP', 'CNY', 'COP', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD',
    'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ',
    'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD',
    'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR',
    'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR',
    'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN',
    'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR',
    'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB',
    'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'UYU', 'UZS',
    'VES', 'VND', 'VUV', 'WST', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG'
  ) AS is_iso_currency,
  try_cast(shipping_amount AS DECIMAL(18,2)) AS shipping_amount,
  try_cast(shipped_at AS TIMESTAMP) AS shipped_at,
  try_cast(delivered_at AS TIMESTAMP) AS delivered_at,
  try_cast(updated_at AS TIMESTAMP) AS updated_at,
  shipping_amount AS shipping_amount_text,
  shipped_at AS shipped_at_text,
  delivered_at AS delivered_at_text,
  __op,
  __sequence,
  __committed_at
FROM STREAM(bronze.orders_orders);

CREATE STREAMING TABLE silver.orders
COMMENT 'order headers as they are now'
TBLPROPERTIES (
  'expect.order_id_present' = "order_id <> '' ON VIOLATION QUARANTINE",
  'expect.known_status' = "__op = 'd'
    OR status IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled') ON VIOLATION QUARANTINE",
  'expect.valid_ordered_at' = "__op = 'd' OR ordered_at IS NOT NULL AND business_date IS NOT NULL
    ON VIOLATION QUARANTINE",
  'expect.known_currency' = "__op = 'd' OR is_iso_currency ON VIOLATION QUARANTINE",
  'expect.valid_shipping_amount' = "__op = 'd' OR shipping_amount_text IS NULL
    OR shipping_amount IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_shipped_at' = "__op = 'd' OR shipped_at_text IS NULL OR shipped_at IS NOT NULL
    ON VIOLATION QUARANTINE",
  'expect.valid_delivered_at' = "__op = 'd' OR delivered_at_text IS NULL
    OR delivered_at IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.valid_updated_at' = "__op = 'd' OR updated_at IS NOT NULL ON VIOLATION QUARANTINE",
  'expect.shipped_after_ordered' = "__op = 'd' OR shipped_at IS NULL OR shipped_at >= ordered_at"
);

CREATE FLOW orders_flow AS AUTO CDC INTO silver.orders
FROM STREAM(order_changes)
KEYS (order_id)
APPLY AS DELETE WHEN __op = 'd'
SEQUENCE BY __sequence
COLUMNS * EXCEPT (
  is_iso_currency, shipping_amount_text, shipped_at_text, delivered_at_text, __op, __sequence,
  __committed_at)
STORED AS SCD TYPE 1;
