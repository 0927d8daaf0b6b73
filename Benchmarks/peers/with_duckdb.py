"""The benchmark's job with DuckDB: with_duckdb.py EVENTS ORDERS OUTPUT.

Settings after DuckDB's performance guide: two threads, insertion order not kept, explicit columns
for read_json, room in memory for the writer beside it. One process for all stages, so that silver
is still in memory when gold and the warehouse ask for it: quicker than to read the Delta table
back. Delta tables are written by delta-rs from a stream of Arrow batches, compressed with zstd at
level 1.
"""

import sys
from pathlib import Path

import duckdb
import pyarrow
from deltalake import WriterProperties, write_deltalake

import rules
import star
from raw import copy_raw
from stages import count, stage

BATCH = 250_000


def decimal(type):
    return f"DECIMAL({type[0]},{type[1]})"


LINE = f"STRUCT({', '.join(f'{name} VARCHAR' for name in rules.LINE)})[]"
COLUMNS = ", ".join([f"{name}: 'VARCHAR'" for name in rules.HEAD] + [f"lines: '{LINE}'"])

EVENTS = f"""
CREATE TEMP TABLE events AS
SELECT * REPLACE (
    try_cast(coalesce(schema_version, '1') AS INTEGER) AS schema_version,
    CASE WHEN event_time[11] = 'T' AND (event_time LIKE '%Z' OR event_time[-6] IN ('+', '-'))
      THEN try_cast(event_time AS TIMESTAMPTZ) END AS event_time),
  try_cast(event_time[:10] AS DATE) AS business_date
FROM read_json($files, format = 'newline_delimited', columns = {{{COLUMNS}}}, ignore_errors = true)
"""

# The first of the events that bear one id, by row number: quicker than DISTINCT ON, which would
# carry all columns through the hash table.
ONCE = """
CREATE TEMP TABLE once AS
SELECT * FROM events
WHERE rowid IN (SELECT min(rowid) FROM events WHERE event_id <> '' GROUP BY event_id)
"""

LINES = f"""
CREATE TEMP TABLE lines AS
WITH exploded AS (
  SELECT * EXCLUDE (lines), unnest(lines) AS line FROM once
  WHERE schema_version = 1 AND event_type IN ('sale', 'return') AND event_time IS NOT NULL
    AND transaction_id <> '' AND store_id <> '' AND currency IN {rules.CURRENCIES}
),
wide AS (
  SELECT *,
    try_cast(line.line_no AS INTEGER) AS line_no,
    try_cast(line.quantity AS {decimal(rules.WIDE)}) AS wide_quantity,
    try_cast(line.unit_price AS {decimal(rules.WIDE)}) AS wide_price,
    try_cast(coalesce(line.discount, '0') AS {decimal(rules.WIDE)}) AS wide_discount,
    try_cast(coalesce(line.tax, '0') AS {decimal(rules.WIDE)}) AS wide_tax
  FROM exploded
),
typed AS (
  SELECT *,
    wide_quantity::{decimal(rules.QUANTITY)} AS quantity,
    wide_price::{decimal(rules.PRICE)} AS unit_price,
    wide_discount::{decimal(rules.AMOUNT)} AS discount,
    wide_tax::{decimal(rules.AMOUNT)} AS tax,
    if(event_type = 'return', -1, 1) AS sign
  FROM wide
)
SELECT event_id, line_no, event_type, transaction_id, original_transaction_id, event_time,
  business_date, store_id, register_id, cashier_id, loyalty_id, currency,
  line.sku AS sku, line.description AS description,
  (sign * quantity)::{decimal(rules.QUANTITY)} AS quantity,
  unit_price,
  (sign * discount)::{decimal(rules.AMOUNT)} AS discount_amount,
  (sign * tax)::{decimal(rules.AMOUNT)} AS tax_amount,
  (sign * round(quantity * unit_price - discount, 2))::{decimal(rules.AMOUNT)} AS net_amount
FROM typed
WHERE line_no > 0 AND line.sku <> '' AND quantity = wide_quantity AND quantity <> 0
  AND (event_type <> 'return' OR quantity > 0)
  AND unit_price = wide_price AND discount = wide_discount AND tax = wide_tax
"""

VOIDS = """
CREATE TEMP TABLE voids AS
SELECT event_id, transaction_id, original_transaction_id, event_time, business_date, store_id,
  register_id, cashier_id
FROM once
WHERE event_type = 'void' AND schema_version = 1 AND event_time IS NOT NULL
  AND original_transaction_id <> '' AND store_id <> ''
"""

KEPT = """
CREATE TEMP VIEW kept AS
SELECT * FROM lines l ANTI JOIN voids v
  ON v.original_transaction_id = l.transaction_id AND v.store_id = l.store_id
    AND v.business_date = l.business_date
"""

STORE_SALES = """
SELECT business_date, store_id, count(DISTINCT transaction_id) AS transactions,
  sum(quantity)::DECIMAL(18,3) AS units, sum(net_amount)::DECIMAL(18,2) AS net_sales,
  sum(discount_amount)::DECIMAL(18,2) AS discounts, sum(tax_amount)::DECIMAL(18,2) AS tax
FROM kept GROUP BY business_date, store_id
"""

PRODUCT_SALES = """
SELECT business_date, sku, sum(quantity)::DECIMAL(18,3) AS units,
  sum(net_amount)::DECIMAL(18,2) AS net_sales, count(DISTINCT store_id) AS stores
FROM kept GROUP BY business_date, sku
"""

FACTS = """
SELECT (year(business_date) * 10000 + month(business_date) * 100 + day(business_date))::BIGINT
    AS date_key,
  coalesce(p.key, -1) AS product_key, coalesce(s.key, -1) AS store_key,
  transaction_id, line_no, event_id,
  quantity::DOUBLE AS quantity, unit_price::DOUBLE AS unit_price,
  discount_amount::DOUBLE AS discount_amount, tax_amount::DOUBLE AS tax_amount,
  net_amount::DOUBLE AS net_amount
FROM kept LEFT JOIN products p ON p.natural = sku LEFT JOIN stores s ON s.natural = store_id
"""


def main(events, orders, output):
    lake = output / "lake"
    engine = duckdb.connect()
    engine.execute("SET threads = 2; SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
    engine.execute(f"SET memory_limit = '60%'; SET temp_directory = '{output}/spill'")

    def write(name, query, partitions=None):
        write_deltalake(
            lake / name, engine.sql(query).to_arrow_reader(BATCH), partition_by=partitions,
            writer_properties=WriterProperties(compression="ZSTD", compression_level=1))

    def number(query):
        return engine.sql(query).fetchall()[0][0]

    with stage("raw"):
        files = copy_raw(events, lake / "bronze")
    with stage("silver"):
        engine.execute(EVENTS, {"files": files})
        engine.execute(ONCE)
        engine.execute(LINES)
        engine.execute(VOIDS)
        count("events", number("SELECT count(*) FROM events"))
        count("rejected", number(
            "SELECT (SELECT sum(greatest(len(lines), 1)) FROM once WHERE event_type <> 'void')"
            " - (SELECT count(*) FROM lines)"))
        engine.execute("DROP TABLE events")
        write("silver/sales_lines", "FROM lines", ["business_date"])
        write("silver/voids", "FROM voids", ["business_date"])
    with stage("gold"):
        engine.execute("DROP TABLE once")
        engine.execute(KEPT)
        write("gold/daily_store_sales", STORE_SALES)
        write("gold/daily_product_sales", PRODUCT_SALES)
    with stage("warehouse"):
        draft = output / "warehouse.draft"
        for name, keys in zip(("products", "stores"), star.load_dimensions(draft, orders)):
            table = pyarrow.table({"natural": list(keys), "key": list(keys.values())})
            engine.register(name, table)
        facts = engine.sql(FACTS).to_arrow_reader(BATCH)
        count("facts", star.load_facts(draft, facts, output / "warehouse.db"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
