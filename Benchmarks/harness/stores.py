"""The databases that hold a warehouse, and what a plain bulk insert of the same rows takes there."""

import contextlib
import os
import shutil
import sqlite3
import sys
import time

from harness.environment import HOUSE
from harness.measure import Failure, run

sys.path.insert(0, str(HOUSE / "Tests" / "CDC"))

from server import Server, programs  # noqa: E402


def stores(work):
    """The databases that there are to load into, each empty, by name."""
    found = {"SQLite": SQLite(work)}
    if programs() is None:
        print("bench: no PostgreSQL server is installed: SQLite alone", file=sys.stderr)
    else:
        found["PostgreSQL"] = PostgreSQL(work)
    return found


class SQLite:
    """A file."""

    def __init__(self, work):
        self.work = work
        self.files = 0
        self.clear()

    def clear(self):
        """Begins with an empty database, of which `address` tells where it is."""
        self.files += 1
        self.address = str(self.work / f"warehouse-{self.files}.db")

    def rows(self, query):
        with contextlib.closing(sqlite3.connect(self.address)) as database:
            return database.execute(query).fetchall()

    def floor(self, table, unique):
        """Seconds in which another file takes the rows of `table` and an index over `unique`,
        without a journal, made durable in the end."""
        target = self.work / "floor.db"
        target.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as database:
            database.execute("ATTACH ? AS loaded", (self.address,))
            statement = database.execute(
                "SELECT sql FROM loaded.sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
            # What the pages hold is read before the time begins.
            database.execute(f"SELECT count(*), max({unique.split(',')[0]}) FROM loaded.{table}")
            start = time.perf_counter()
            for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
                database.execute(f"PRAGMA main.{setting}")
            database.execute("BEGIN")
            database.execute(statement)
            database.execute(f"INSERT INTO main.{table} SELECT * FROM loaded.{table}")
            database.execute(f"CREATE UNIQUE INDEX main.floor ON {table} ({unique})")
            database.execute("COMMIT")
        with open(target, "rb") as file:
            os.fsync(file.fileno())
        return time.perf_counter() - start

    def stop(self):
        pass


class PostgreSQL:
    """A server of its own, without `fsync`."""

    def __init__(self, work):
        self.folder = work / "server"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        # The server's own user has to reach its folder.
        for folder in (work.parent, work, self.folder):
            folder.chmod(0o755)
        self.server = Server(str(self.folder))
        self.address = (f"postgresql:///postgres?host={self.server.sockets}"
                        f"&port={self.server.port}&user=postgres")

    def clear(self):
        self.server.query(
            "DROP SCHEMA IF EXISTS medallion, staging, fact, dim, floor CASCADE;")

    def rows(self, query):
        """The rows of a query, whose values are whole numbers."""
        said = self.server.query(f"SET search_path = dim, fact, medallion; {query};")
        return [tuple(map(int, line.split("|"))) for line in said.splitlines() if line]

    def floor(self, table, unique):
        """Seconds in which COPY takes the rows of `table` into one without anything, and an index
        over `unique` is made."""
        schema = "dim" if table.startswith("dim_") else "fact"
        file = self.folder / "rows.copy"
        self._do(f"COPY (SELECT * FROM {schema}.{table}) TO STDOUT (FORMAT binary)", file, "w")
        self.server.query(
            f"DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor; "
            f"CREATE TABLE floor.{table} (LIKE {schema}.{table});")
        start = time.perf_counter()
        self._do(f"COPY floor.{table} FROM STDIN (FORMAT binary)", file, "r")
        self.server.query(f"CREATE UNIQUE INDEX ON floor.{table} ({unique});")
        return time.perf_counter() - start

    def _do(self, statement, file, mode):
        redirect = f"> {file}" if mode == "w" else f"< {file}"
        run(["sh", "-c", f'psql -X -q -d "$0" -c "$1" {redirect}', self.server.address, statement],
            self.folder)

    def stop(self):
        self.server.stop()


def check(what, found):
    """Ends the run where databases hold different things; `found` is what each holds."""
    if len(set(map(str, found.values()))) > 1:
        raise Failure(f"{what} differ: {found}")
