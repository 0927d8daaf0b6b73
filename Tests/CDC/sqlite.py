"""Random transactions against a SQLite file, restores from copies among them."""

import json
import os
import random
import shutil
import sqlite3

from lake import Failure, Lake
from postgresql import EXCEPT, contract, differ, flow, view

KEYS = 60
COLUMNS = ["id", "grp", "amount", "body", "extra"]


class Campaign:
    def __init__(self, folder, bin, method, seed, kills):
        self.random = random.Random(seed)
        self.kills = kills
        self.path = os.path.join(folder, "shop.db")
        self.copy = os.path.join(folder, "copy.db")
        self.clock = 1_700_000_000
        self.has_extra = False
        self.method = method
        os.makedirs(folder, exist_ok=True)
        with self.connection() as database:
            database.execute(
                "CREATE TABLE items (id TEXT PRIMARY KEY, grp TEXT, amount REAL, body TEXT, "
                "updated_at INTEGER)")
        table = "{keys: [id], updated_at: updated_at}"
        sources = (f"systems:\n  shop:\n    kind: sqlite\n    location: {json.dumps(self.path)}\n"
                   f"    cdc: {method}\n    tables:\n      items: {table}\n")
        columns = COLUMNS + ["updated_at"]
        self.lake = Lake(
            folder, bin, sources, contract("items", columns),
            {"silver/items.sql":
                view("items", columns) + flow("items", "items", "id", "__sequence", 1, EXCEPT)
                + flow("items_by_time", "items", "id", "__committed_at", 1, EXCEPT)})
        self.set_up()
        self.backup()

    def set_up(self):
        """Puts triggers into the file, which know its columns."""
        if self.method == "triggers":
            self.lake.run("cdc-extract", "--setup", "shop")

    def connection(self):
        return sqlite3.connect(self.path, timeout=30, isolation_level=None)

    def backup(self):
        shutil.copyfile(self.path, self.copy)

    def statement(self):
        random = self.random
        self.clock += random.randrange(0, 3)
        id, other = (f"k{random.randrange(KEYS)}" for _ in range(2))
        grp, at = f"'w{random.randrange(6)}'", self.clock
        body = f"'{'v' * random.choice([1, 3000])}{random.randrange(99)}'"
        return random.choice([
            f"INSERT INTO items (id, grp, amount, body, updated_at) "
            f"VALUES ('{id}', {grp}, {random.random()}, {body}, {at})",
            f"INSERT OR REPLACE INTO items (id, grp, updated_at) VALUES ('{id}', {grp}, {at})",
            f"UPDATE items SET grp = {grp}, updated_at = {at} WHERE id = '{id}'",
            f"UPDATE items SET amount = amount + 1, updated_at = {at} WHERE id > '{id}'",
            f"UPDATE items SET body = {body} WHERE id = '{id}'",
            f"UPDATE OR REPLACE items SET id = '{other}', updated_at = {at} WHERE id = '{id}'",
            f"DELETE FROM items WHERE id = '{id}'",
            *([f"UPDATE items SET extra = {grp}, updated_at = {at} WHERE id = '{id}'"]
              if self.has_extra else []),
        ])

    def work(self):
        random = self.random
        database = self.connection()
        for _ in range(random.randrange(1, 12)):
            database.execute("BEGIN IMMEDIATE")
            for _ in range(random.randrange(1, 6)):
                hasSavepoint = random.random() < 0.2
                if hasSavepoint:
                    database.execute("SAVEPOINT s")
                try:
                    database.execute(self.statement())
                except sqlite3.IntegrityError:
                    pass
                if hasSavepoint and random.random() < 0.5:
                    database.execute("ROLLBACK TO s")
            database.execute("ROLLBACK" if random.random() < 0.1 else "COMMIT")
        database.close()

    def disturb(self):
        """What a file goes through: copies, restores, other journals, a new column."""
        choice = self.random.randrange(6)
        if choice == 0:
            self.backup()
        elif choice == 1:
            shutil.copyfile(self.copy, self.path)
            self.has_extra = any(
                row[1] == "extra" for row in self.connection().execute("PRAGMA table_info(items)"))
        elif choice == 2:
            database = self.connection()
            database.execute(f"PRAGMA journal_mode = {self.random.choice(['wal', 'delete'])}")
            database.execute("PRAGMA journal_mode = delete")
            database.close()
        elif choice == 3:
            database = self.connection()
            database.execute("VACUUM")
            database.close()
        elif choice == 4 and not self.has_extra:
            database = self.connection()
            database.execute("ALTER TABLE items ADD COLUMN extra TEXT")
            database.close()
            self.has_extra = True
            self.set_up()

    def round(self, number):
        for _ in range(self.kills):
            self.work()
            self.lake.extract_and_kill(self.random)
            self.disturb()
        self.work()
        self.lake.extract()
        self.lake.refresh()
        self.check(f"round {number}")

    def check(self, words):
        columns = COLUMNS if self.has_extra else COLUMNS[:-1]
        with self.connection() as database:
            told = database.execute(
                f"SELECT {', '.join(c for c in columns)} FROM items").fetchall()
        expected = sorted((tuple(text(value) for value in row) for row in told), key=str)
        for table in ("items", "items_by_time"):
            rows = self.lake.rows(f"SELECT {', '.join(columns)} FROM silver.{table}")
            found = sorted((tuple(row.get(column) for column in columns) for row in rows), key=str)
            found = [tuple(number(value) for value in row) for row in found]
            if found != [tuple(number(value) for value in row) for row in expected]:
                differ(f"{words}: silver.{table} is not what the file holds", expected, found)


def text(value):
    return None if value is None else str(value)


def number(value):
    """A real as its value, for there are several spellings of one."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value
