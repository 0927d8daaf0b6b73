"""The benchmark's job with PySpark: with_pyspark.py EVENTS ORDERS OUTPUT.

Local mode with two threads, adaptive execution, few shuffle partitions, a schema for the JSON
reader, broadcast joins for small sides, no web page; the events, once each, stand in Parquet until
lines and voids are made of them. Two things a Python package index cannot give: Delta's jars, so
its tables are partitioned Parquet without a log; and Hadoop's native library, so silver reads the
events as they came and not the zstd copy.
"""

import os
import shutil
import sys
from pathlib import Path

import pyarrow.dataset
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

import rules
import star
from raw import copy_raw
from stages import count, follow, stage

LINE = "array<struct<" + ", ".join(f"{name}: string" for name in rules.LINE) + ">>"
SCHEMA = ", ".join([f"{name} string" for name in rules.HEAD] + [f"lines {LINE}"])
TASKS = 8


def decimal(type):
    return f"DECIMAL({type[0]},{type[1]})"


EVENTS = r"""
SELECT * EXCEPT (schema_version, event_time),
  try_cast(coalesce(schema_version, '1') AS INT) AS schema_version,
  CASE WHEN event_time LIKE '%Z' OR event_time LIKE '%T%+__:__' OR event_time LIKE '%T%-__:__'
    THEN try_cast(event_time AS TIMESTAMP) END AS event_time,
  try_cast(left(event_time, 10) AS DATE) AS business_date
FROM {once}
"""

LINES = f"""
WITH exploded AS (
  SELECT * EXCEPT (lines), explode(lines) AS line FROM {{events}}
  WHERE schema_version = 1 AND event_type IN ('sale', 'return') AND event_time IS NOT NULL
    AND transaction_id <> '' AND store_id <> '' AND currency IN {rules.CURRENCIES}
),
wide AS (
  SELECT *,
    try_cast(line.line_no AS INT) AS line_no,
    try_cast(line.quantity AS {decimal(rules.WIDE)}) AS wide_quantity,
    try_cast(line.unit_price AS {decimal(rules.WIDE)}) AS wide_price,
    try_cast(coalesce(line.discount, '0') AS {decimal(rules.WIDE)}) AS wide_discount,
    try_cast(coalesce(line.tax, '0') AS {decimal(rules.WIDE)}) AS wide_tax
  FROM exploded
),
typed AS (
  SELECT *,
    try_cast(wide_quantity AS {decimal(rules.QUANTITY)}) AS quantity,
    try_cast(wide_price AS {decimal(rules.PRICE)}) AS unit_price,
    try_cast(wide_discount AS {decimal(rules.AMOUNT)}) AS discount,
    try_cast(wide_tax AS {decimal(rules.AMOUNT)}) AS tax,
    if(event_type = 'return', -1, 1) AS sign
  FROM wide
)
SELECT event_id, line_no, event_type, transaction_id, original_transaction_id, event_time,
  business_date, store_id, register_id, cashier_id, loyalty_id, currency,
  line.sku AS sku, line.description AS description,
  CAST(sign * quantity AS {decimal(rules.QUANTITY)}) AS quantity,
  unit_price,
  CAST(sign * discount AS {decimal(rules.AMOUNT)}) AS discount_amount,
  CAST(sign * tax AS {decimal(rules.AMOUNT)}) AS tax_amount,
  CAST(sign * round(quantity * unit_price - discount, 2) AS {decimal(rules.AMOUNT)}) AS net_amount
FROM typed
WHERE line_no > 0 AND line.sku <> '' AND quantity = wide_quantity AND quantity <> 0
  AND (event_type <> 'return' OR quantity > 0)
  AND unit_price = wide_price AND discount = wide_discount AND tax = wide_tax
"""

VOIDS = """
SELECT event_id, transaction_id, original_transaction_id, event_time, business_date, store_id,
  register_id, cashier_id
FROM {events}
WHERE event_type = 'void' AND schema_version = 1 AND event_time IS NOT NULL
  AND original_transaction_id <> '' AND store_id <> ''
"""

KEPT = """
SELECT /*+ BROADCAST(v) */ l.* FROM {lines} l LEFT ANTI JOIN {voids} v
  ON v.original_transaction_id = l.transaction_id AND v.store_id = l.store_id
    AND v.business_date = l.business_date
"""

STORE_SALES = """
SELECT business_date, store_id, count(DISTINCT transaction_id) AS transactions,
  CAST(sum(quantity) AS DECIMAL(18,3)) AS units,
  CAST(sum(net_amount) AS DECIMAL(18,2)) AS net_sales,
  CAST(sum(discount_amount) AS DECIMAL(18,2)) AS discounts,
  CAST(sum(tax_amount) AS DECIMAL(18,2)) AS tax
FROM {kept} GROUP BY business_date, store_id
"""

PRODUCT_SALES = """
SELECT business_date, sku, CAST(sum(quantity) AS DECIMAL(18,3)) AS units,
  CAST(sum(net_amount) AS DECIMAL(18,2)) AS net_sales, count(DISTINCT store_id) AS stores
FROM {kept} GROUP BY business_date, sku
"""

FACTS = """
SELECT /*+ BROADCAST(p), BROADCAST(s) */
  CAST(year(business_date) * 10000 + month(business_date) * 100 + day(business_date) AS BIGINT)
    AS date_key,
  coalesce(p.key, -1) AS product_key, coalesce(s.key, -1) AS store_key,
  transaction_id, line_no, event_id,
  double(quantity) AS quantity, double(unit_price) AS unit_price,
  double(discount_amount) AS discount_amount, double(tax_amount) AS tax_amount,
  double(net_amount) AS net_amount
FROM {kept} LEFT JOIN {products} p ON p.natural = sku LEFT JOIN {stores} s ON s.natural = store_id
"""


def started(output):
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "8g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", TASKS)
        .config("spark.sql.parquet.compression.codec", "zstd")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.local.dir", output / "spark")
        .config("spark.log.level", "ERROR")
        .getOrCreate())
    follow(spark._jvm.ProcessHandle.current().pid())
    return spark


def durable(folder):
    """Syncs what Spark wrote: it does not do so itself."""
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                os.fsync(file.fileno())


def main(events, orders, output):
    lake = output / "lake"
    spark = started(output)

    def write(name, frame, partition=None):
        writer = frame.write
        if partition:
            writer = frame.repartition(TASKS, partition).write.partitionBy(partition)
        writer.parquet(f"{lake / name}")
        durable(lake / name)
        return spark.read.parquet(f"{lake / name}")

    with stage("raw"):
        copy_raw(events, lake / "bronze")
    with stage("silver"):
        read = spark.read.schema(SCHEMA).json(f"{events}/*.ndjson")
        once = read.where(F.col("event_id") != "").dropDuplicates(["event_id"])
        spark.sql(EVENTS, once=once).write.parquet(f"{output / 'once'}")
        typed = spark.read.parquet(f"{output / 'once'}")
        lines = write("silver/sales_lines", spark.sql(LINES, events=typed), "business_date")
        voids = write("silver/voids", spark.sql(VOIDS, events=typed), "business_date")
        most = F.sum(F.greatest(F.size("lines"), F.lit(1)))
        offered = typed.where("event_type <> 'void'").agg(most)
        count("rejected", offered.first()[0] - lines.count())
        shutil.rmtree(output / "once")
    with stage("gold"):
        kept = spark.sql(KEPT, lines=lines, voids=voids)
        write("gold/daily_store_sales", spark.sql(STORE_SALES, kept=kept).coalesce(1))
        write("gold/daily_product_sales", spark.sql(PRODUCT_SALES, kept=kept).coalesce(1))
    with stage("warehouse"):
        draft = output / "warehouse.draft"
        products, stores = (
            spark.createDataFrame(list(keys.items()), "natural string, key bigint")
            for keys in star.load_dimensions(draft, orders))
        spark.sql(FACTS, kept=kept, products=products, stores=stores).write.parquet(
            f"{output / 'facts'}")
        facts = pyarrow.dataset.dataset(output / "facts").scanner().to_reader()
        count("facts", star.load_facts(draft, facts, output / "warehouse.db"))
        shutil.rmtree(output / "facts")
    spark.stop()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
