"""Random transactions of several connections against a SQLite file, restores from copies among them."""

import hashlib
import json
import os
import random
import shutil
import sqlite3
import threading

from lake import Lake
from postgresql import EXCEPT, contract, differ, flow, view

KEYS = 60
COLUMNS = ["id", "grp", "amount", "body", "extra"]
HISTORY = ["id", "grp", "amount", "body"]

# What a table says in sources.yml beside its keys. A cursor sees what moves its column, and deletes
# by the list of keys.
ENTRIES = {
    "compare": "updated_at: updated_at",
    "triggers": "updated_at: updated_at",
    "cursor": "updated_at: updated_at, cursor: [updated_at], deletes: keys",
}

# Each state of a row is kept by triggers of the source's own; of a row that is gone the key.
SCHEMA = """
CREATE TABLE items (id TEXT PRIMARY KEY, grp TEXT, amount REAL, body TEXT, updated_at INTEGER);
CREATE TABLE audit (
  n INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT, id TEXT, grp TEXT, amount REAL, body TEXT);
CREATE TRIGGER audit_insert AFTER INSERT ON items BEGIN
  INSERT INTO audit (key, id, grp, amount, body)
    VALUES (NEW.id, NEW.id, NEW.grp, NEW.amount, NEW.body); END;
CREATE TRIGGER audit_update AFTER UPDATE ON items BEGIN
  INSERT INTO audit (key) SELECT OLD.id WHERE OLD.id <> NEW.id;
  INSERT INTO audit (key, id, grp, amount, body)
    VALUES (NEW.id, NEW.id, NEW.grp, NEW.amount, NEW.body); END;
CREATE TRIGGER audit_delete AFTER DELETE ON items BEGIN
  INSERT INTO audit (key) VALUES (OLD.id); END;
"""


class Campaign:
    def __init__(self, folder, bin, method, seed, kills):
        self.random = random.Random(seed)
        self.kills = kills
        self.path = os.path.join(folder, "shop.db")
        self.copy = os.path.join(folder, "copy.db")
        self.clock = 1_700_000_000
        self.has_extra = False
        self.method = method
        self.states = {}  # of each key, in their order; None is none
        self.drained = 0
        os.makedirs(folder, exist_ok=True)
        with self.connection() as database:
            database.executescript(SCHEMA)
        sources = (f"systems:\n  shop:\n    kind: sqlite\n    location: {json.dumps(self.path)}\n"
                   f"    cdc: {method}\n    tables:\n"
                   f"      items: {{keys: [id], {ENTRIES[method]}}}\n")
        columns = COLUMNS + ["updated_at"]
        self.lake = Lake(
            folder, bin, sources, contract("items", columns),
            {"silver/items.sql":
                view("items", columns) + flow("items", "items", "id", "__sequence", 1, EXCEPT)
                + flow("items_by_time", "items", "id", "__committed_at", 1, EXCEPT)
                + flow("items_history", "items", "id", "__committed_at", 2,
                       f"({', '.join(HISTORY)})")})
        self.set_up()
        self.backup()

    def set_up(self):
        """Puts triggers into the file, which know its columns."""
        if self.method == "triggers":
            self.lake.run("cdc-extract", "--setup", "shop")

    def connection(self):
        return sqlite3.connect(self.path, timeout=60, isolation_level=None)

    def backup(self):
        shutil.copyfile(self.path, self.copy)

    def statement(self, random):
        self.clock += random.randrange(0, 3)
        id, other = (f"k{random.randrange(KEYS)}" for _ in range(2))
        grp, at = f"'w{random.randrange(6)}'", self.clock
        body = f"'{'v' * random.choice([1, 3000])}{random.randrange(99)}'"
        # Without a cursor not every change needs to move the time.
        moved = f", updated_at = {at}" if self.method == "cursor" else ""
        return random.choice([
            f"INSERT INTO items (id, grp, amount, body, updated_at) "
            f"VALUES ('{id}', {grp}, {random.random()}, {body}, {at})",
            f"INSERT OR REPLACE INTO items (id, grp, updated_at) VALUES ('{id}', {grp}, {at})",
            f"UPDATE items SET grp = {grp}, updated_at = {at} WHERE id = '{id}'",
            f"UPDATE items SET amount = amount + 1, updated_at = {at} WHERE id > '{id}'",
            f"UPDATE items SET body = {body}{moved} WHERE id = '{id}'",
            f"UPDATE OR REPLACE items SET id = '{other}', updated_at = {at} WHERE id = '{id}'",
            f"DELETE FROM items WHERE id = '{id}'",
            *([f"UPDATE items SET extra = {grp}, updated_at = {at} WHERE id = '{id}'"]
              if self.has_extra else []),
        ])

    def work(self, seed):
        """What one connection does; who has begun to write is alone, and goes by the one clock."""
        chosen = random.Random(seed)
        database = self.connection()
        for _ in range(chosen.randrange(1, 8)):
            database.execute("BEGIN IMMEDIATE")
            for _ in range(chosen.randrange(1, 6)):
                hasSavepoint = chosen.random() < 0.2
                if hasSavepoint:
                    database.execute("SAVEPOINT s")
                try:
                    database.execute(self.statement(chosen))
                except sqlite3.IntegrityError:
                    pass
                if hasSavepoint and chosen.random() < 0.5:
                    database.execute("ROLLBACK TO s")
            database.execute("ROLLBACK" if chosen.random() < 0.1 else "COMMIT")
        database.close()

    def writers(self):
        """Three connections at work."""
        threads = [threading.Thread(target=self.work, args=(self.random.random(),))
                   for _ in range(3)]
        for thread in threads:
            thread.start()
        return threads

    def disturb(self):
        """What a file goes through: copies, restores, other journals, a new column."""
        choice = self.random.randrange(6)
        if choice == 0:
            self.backup()
        elif choice == 1:
            self.restore()
        elif choice == 2:
            self.ask(f"PRAGMA journal_mode = {self.random.choice(['wal', 'delete'])}")
            self.ask("PRAGMA journal_mode = delete")
        elif choice == 3:
            self.ask("VACUUM")
        elif choice == 4 and not self.has_extra:
            self.ask("ALTER TABLE items ADD COLUMN extra TEXT")
            self.has_extra = True
            self.set_up()

    def ask(self, sql):
        database = self.connection()
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def restore(self):
        """Puts the copy in the file's place: each row is as it was then."""
        self.drain()
        shutil.copyfile(self.copy, self.path)
        self.has_extra = any(row[1] == "extra" for row in self.ask("PRAGMA table_info(items)"))
        self.drained = self.ask("SELECT coalesce(max(n), 0) FROM audit")[0][0]
        rows = {row[0]: row for row in self.ask(f"SELECT {', '.join(HISTORY)} FROM items")}
        for key in self.states.keys() | rows.keys():
            self.states.setdefault(key, []).append(rows.get(key) and image(rows[key]))

    def drain(self):
        """Takes what the audit has told since."""
        for n, key, *row in self.ask(
                f"SELECT n, key, {', '.join(HISTORY)} FROM audit WHERE n > {self.drained} "
                "ORDER BY n"):
            self.drained = n
            self.states.setdefault(key, []).append(None if row[0] is None else image(row))

    def round(self, number):
        for _ in range(self.kills):
            threads = self.writers()
            self.lake.extract_and_kill(self.random)
            for thread in threads:
                thread.join()
            self.disturb()
        for thread in self.writers():
            thread.join()
        self.lake.extract()
        self.lake.refresh()
        # History grows with each round, and so does the time that looking at all of it takes.
        self.check(f"round {number}", isThorough=number <= 20 or number % 10 == 0)

    def check(self, words, isThorough=True):
        columns = COLUMNS if self.has_extra else COLUMNS[:-1]
        expected = sorted(
            (plain(row) for row in self.ask(f"SELECT {', '.join(columns)} FROM items")), key=str)
        for table in ("items", "items_by_time"):
            rows = self.lake.rows(f"SELECT {', '.join(columns)} FROM silver.{table}")
            found = sorted((plain(row.get(column) for column in columns) for row in rows), key=str)
            if found != expected:
                differ(f"{words}: silver.{table} is not what the file holds", expected, found)
        if isThorough:
            self.check_history(words)

    def check_history(self, words):
        """Each version is a state that the row had, one after the other; the last is open if the row
        is there. Not every state was there when somebody looked, but by triggers."""
        self.drain()
        found = {}
        for row in self.lake.rows(
                f"SELECT {', '.join(HISTORY[:-1])}, md5(body) AS body, __END_AT "
                "FROM silver.items_history ORDER BY id, __START_AT"):
            found.setdefault(row["id"], []).append(
                (plain(row.get(column) for column in HISTORY), row.get("__END_AT")))
        for key in self.states.keys() | found.keys():
            states = self.states.get(key, [])
            versions = found.get(key, [])
            told = iter(states)
            for values, _ in versions:
                if not any(state == values for state in told):
                    differ(f"{words}: history of {key} is not what the audit tells", states,
                           [values for values, _ in versions])
            open_ones = [values for values, ended in versions if ended is None]
            if open_ones != ([states[-1]] if states and states[-1] else []):
                differ(f"{words}: history of {key} does not end as the row is", states[-1:], open_ones)


def image(row):
    """A row of HISTORY, whose body comes last, by its digest."""
    *values, body = row
    return plain([*values, None if body is None else hashlib.md5(body.encode()).hexdigest()])


def plain(row):
    """Values as texts, and reals as their values, for there are several spellings of one."""
    return tuple(number(None if value is None else str(value)) for value in row)


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return text
