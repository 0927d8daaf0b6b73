"""The star schema in SQLite, the same for every peer.

A new file is filled without a journal, synced and then renamed: durable and all or nothing, without
writing every page twice. Facts come as Arrow batches through ADBC, which binds whole columns in C;
Python tuples and `executemany` take twice the time, DuckDB's SQLite extension as well. The grain's
index is made when all rows are there.
"""

import contextlib
import datetime
import os
import sqlite3
import warnings

import adbc_driver_sqlite.dbapi

TABLES = """
CREATE TABLE dim_date (
  date_key INTEGER PRIMARY KEY, business_date DATE, year INT, quarter INT, month INT,
  month_name TEXT, year_month TEXT, iso_year INT, iso_week INT, day_of_year INT,
  day_of_month INT, day_of_week INT, day_name TEXT, is_weekend BOOLEAN);
CREATE TABLE dim_product (
  product_key INTEGER PRIMARY KEY, sku TEXT, name TEXT, category TEXT, brand TEXT,
  list_price DECIMAL(12,2), unit_cost DECIMAL(12,2), active BOOLEAN);
CREATE TABLE dim_store (
  store_key INTEGER PRIMARY KEY, store_id TEXT, name TEXT, store_type TEXT, city TEXT,
  region TEXT, postal_code TEXT, country TEXT, opened_on DATE, closed_on DATE);
CREATE TABLE fact_sales (
  fact_sales_id INTEGER PRIMARY KEY, date_key BIGINT NOT NULL, product_key BIGINT NOT NULL,
  store_key BIGINT NOT NULL, transaction_id TEXT, line_no INT, event_id TEXT,
  quantity DECIMAL(12,3), unit_price DECIMAL(12,2), discount_amount DECIMAL(18,2),
  tax_amount DECIMAL(18,2), net_amount DECIMAL(18,2));
"""

# Row -1 of a dimension is the unknown member, to which a fact without its dimension row points.
DIMENSIONS = """
INSERT INTO dim_product (sku, name, category, brand, list_price, unit_cost, active)
SELECT sku, name, category, brand, list_price, unit_cost, active FROM source.products ORDER BY sku;
INSERT INTO dim_store (
  store_id, name, store_type, city, region, postal_code, country, opened_on, closed_on)
SELECT store_id, name, store_type, city, region, postal_code, country, opened_on, closed_on
FROM source.stores ORDER BY store_id;
INSERT INTO dim_product (product_key) VALUES (-1);
INSERT INTO dim_store (store_key) VALUES (-1);
CREATE UNIQUE INDEX dim_date_natural ON dim_date (business_date);
CREATE UNIQUE INDEX dim_product_natural ON dim_product (sku);
CREATE UNIQUE INDEX dim_store_natural ON dim_store (store_id);
"""

GRAIN = "CREATE UNIQUE INDEX fact_sales_grain ON fact_sales (transaction_id, line_no, event_id)"
SETTINGS = ("page_size = 16384", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE",
            "cache_size = -262144")


def date_rows():
    day, last = datetime.date(1990, 1, 1), datetime.date(2049, 12, 31)
    while day <= last:
        iso = day.isocalendar()
        yield (
            int(f"{day:%Y%m%d}"), day.isoformat(), day.year, (day.month + 2) // 3, day.month,
            f"{day:%B}", f"{day:%Y-%m}", iso.year, iso.week, day.timetuple().tm_yday, day.day,
            iso.weekday, f"{day:%A}", iso.weekday > 5)
        day += datetime.timedelta(1)


def load_dimensions(draft, orders):
    """Makes the file `draft` with its dimensions; gives the surrogate keys of products and stores,
    as a dictionary each."""
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as database:
        for setting in SETTINGS:
            database.execute(f"PRAGMA {setting}")
        database.executescript(TABLES)
        database.execute("ATTACH ? AS source", (os.fspath(orders),))
        database.execute("BEGIN")
        database.executemany(f"INSERT INTO dim_date VALUES ({','.join('?' * 14)})", date_rows())
        for statement in DIMENSIONS.strip().split(";")[:-1]:
            database.execute(statement)
        database.execute("COMMIT")
        return tuple(
            dict(database.execute(f"SELECT {natural}, {key} FROM {table} WHERE {key} > 0"))
            for table, natural, key in (
                ("dim_product", "sku", "product_key"), ("dim_store", "store_id", "store_key")))


def load_facts(draft, batches, target):
    """Loads `batches` (an Arrow stream with fact_sales' columns, decimals as doubles), makes the
    file durable and names it `target`; gives the number of facts."""
    warnings.filterwarnings("ignore", module="adbc_driver_manager")
    with adbc_driver_sqlite.dbapi.connect(os.fspath(draft), autocommit=True) as database:
        with database.cursor() as cursor:
            for setting in SETTINGS:
                cursor.execute(f"PRAGMA {setting}")
                cursor.fetchall()
            cursor.execute("BEGIN")
            rows = cursor.adbc_ingest("fact_sales", batches, mode="append")
            cursor.execute(GRAIN)
            cursor.execute("COMMIT")
    with open(draft, "rb") as file:
        os.fsync(file.fileno())
    os.rename(draft, target)
    folder = os.open(os.path.dirname(target), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return rows
