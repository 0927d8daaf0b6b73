"""Do whole databases come through unchanged: every table, row and value?

    python3 Tests/CDC/unchanged.py BIN DUMP.sql.gz…

Each dump is loaded into a PostgreSQL server of its own (…_postgres.sql.gz) or a SQLite file, taken by
cdc-extract, and what bronze holds is held against what the source says.
"""

import gzip
import json
import os
import subprocess
import sqlite3
import sys
import tempfile

from lake import Failure, Lake
from postgresql import contract, differ
from server import Server, programs


class SQLiteSource:
    kind = "sqlite"

    def __init__(self, folder, dump):
        self.location = os.path.join(folder, "source.db")
        subprocess.run(["sqlite3", self.location], input=dump, text=True, check=True,
                       stdout=subprocess.DEVNULL)
        self.database = sqlite3.connect(self.location)

    def tables(self):
        names = self.database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for (name,) in names.fetchall():
            columns = self.database.execute(f'PRAGMA table_info("{name}")').fetchall()
            keys = sorted((column[5], column[1]) for column in columns if column[5])
            yield name, [column[1] for column in columns], [key for _, key in keys]

    def rows(self, name, columns):
        listed = ", ".join(f'"{column}"' for column in columns)
        for row in self.database.execute(f'SELECT {listed} FROM "{name}"'):
            yield tuple(text(value) for value in row)

    def close(self):
        self.database.close()


class PostgreSQLSource:
    kind = "postgresql"

    def __init__(self, folder, dump):
        self.server = Server(os.path.join(folder, "server"))
        self.database = "chinook" if "CREATE DATABASE chinook" in dump else "postgres"
        subprocess.run(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.server.address], input=dump,
            text=True, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.location = self.server.address.replace("dbname=postgres", f"dbname={self.database}")

    def ask(self, sql):
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-d", self.location], input=sql,
                              text=True, check=True, capture_output=True)
        return [json.loads(line) for line in done.stdout.splitlines() if line]

    def tables(self):
        for name, columns, keys in self.ask("""
            SELECT json_build_array(c.relname,
              (SELECT json_agg(attname ORDER BY attnum) FROM pg_attribute a
                WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
              (SELECT json_agg(attname ORDER BY attnum) FROM pg_attribute a
                JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                  AND a.attnum = ANY (i.indkey) WHERE a.attrelid = c.oid))
            FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace;"""):
            yield name, columns, keys

    def rows(self, name, columns):
        listed = ", ".join(
            f"CASE pg_typeof({column})::text WHEN 'bytea' THEN upper(substr({column}::text, 3)) "
            f"ELSE {column}::text END" for column in columns)
        told = self.ask(f'SELECT json_build_array({listed}) FROM "{name}";')
        return [tuple(row) for row in told]

    def close(self):
        self.server.stop()


def text(value):
    """A value as bronze has it: BLOBs in hexadecimal digits, whole numbers in digits; a real stays."""
    if value is None or isinstance(value, float):
        return value
    return value.hex().upper() if isinstance(value, bytes) else str(value)


def same(wanted, found):
    """Whether two rows are the same: texts to the letter, and reals by their values."""
    return all(told == have or isinstance(told, float) and have is not None and told == float(have)
               for told, have in zip(wanted, found))


def order(row):
    """Where a row stands among others, whatever its reals are spelled like."""
    return [(value is not None, "" if value is None else str(value)) for value in row]


def check(bin, path):
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        dump = file.read()
    with tempfile.TemporaryDirectory(prefix="cdc") as scratch:
        os.chmod(scratch, 0o755)
        source = (PostgreSQLSource if "postgres" in os.path.basename(path) else SQLiteSource)(
            scratch, dump)
        try:
            return compare(bin, os.path.join(scratch, "lake"), source)
        finally:
            source.close()


def compare(bin, folder, source):
    tables = list(source.tables())
    quoted = "".join(
        f"      {json.dumps(name)}: {{keys: {json.dumps(keys)}}}\n" for name, _, keys in tables)
    sources = (f"systems:\n  shop:\n    kind: {source.kind}\n"
               f"    location: {json.dumps(source.location)}\n    tables:\n{quoted}")
    setup = "".join(
        contract(name.replace(" ", "_").lower(), columns, location=name)
        for name, columns, _ in tables)
    lake = Lake(folder, bin, sources, setup, {})
    if source.kind == "postgresql":
        lake.run("cdc-extract", "--setup", "shop")
    lake.extract()
    count = 0
    for name, columns, keys in tables:
        listed = ", ".join(f"`{column}`" for column in columns)
        table = name.replace(" ", "_").lower()
        rows = lake.rows(f"SELECT {listed} FROM bronze.shop_{table}")
        places = [columns.index(key) for key in keys] or range(len(columns))
        found = sorted((tuple(row.get(column) for column in columns) for row in rows),
                       key=lambda row: order(row[place] for place in places))
        expected = sorted(source.rows(name, columns),
                          key=lambda row: order(row[place] for place in places))
        if len(found) != len(expected) or not all(map(same, expected, found)):
            differ(f"bronze.shop_{table} is not what {name} holds", expected, found)
        count += len(rows)
    return len(tables), count


def main():
    bin, *dumps = sys.argv[1:]
    for path in dumps:
        if "postgres" in os.path.basename(path) and programs() is None:
            print(f"{path}: left out, for no PostgreSQL server is installed")
            continue
        try:
            tables, rows = check(os.path.abspath(bin), path)
        except Failure as failure:
            sys.exit(f"cdc: {path}: {failure}")
        print(f"{os.path.basename(path)}: {tables} tables, {rows} rows, each as it is at the source")


main()
