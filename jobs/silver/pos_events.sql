-- The head of a till event, typed once for sales_lines, payments and voids.
-- business_date is the calendar date as the till wrote it; event_time is the instant, in UTC.
-- A receipt that numbers two lines alike is judged whole: all its lines, and its payments.
CREATE TEMPORARY VIEW till_events AS
SELECT
  try_cast(coalesce(e.schema_version, '1') AS INT) AS schema_version,
  e.event_id,
  e.event_type,
  try_cast(e.event_time AS TIMESTAMP) AS event_time,
  try_cast(e.event_time AS DATE) AS business_date,
  e.event_time LIKE '____-__-_____:__:__%Z'
    OR e.event_time LIKE '____-__-_____:__:__%+__:__'
    OR e.event_time LIKE '____-__-_____:__:__%-__:__' AS is_zoned_time,
  e.store_id,
  e.register_id,
  e.cashier_id,
  e.transaction_id,
  e.original_transaction_id,
  e.loyalty_id,
  e.currency,
  e.currency IN (
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
  coalesce(
    size(array_distinct(array_compact(try_cast(e.lines.line_no AS ARRAY<INT>))))
      = size(array_compact(try_cast(e.lines.line_no AS ARRAY<INT>))), true) AS has_unique_line_nos,
  e.lines,
  e.payments
FROM STREAM(bronze.pos_events) AS e;
