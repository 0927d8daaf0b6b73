"""Random transactions of several clients against PostgreSQL, and what must come of them."""

import hashlib
import json
import random
import time

from lake import Failure, Lake

KEYS = 40  # few, so that clients meet
SPARE = [f"x{number}" for number in range(1, 40)]  # columns that come and go
BASE = ["id", "grp", "price", "flag", "body"]

SCHEMA = """
CREATE TABLE items (
  id int PRIMARY KEY, grp text, price numeric(12,2), flag boolean, body text);
CREATE TABLE places (region text, id int, note text, PRIMARY KEY (region, id))
  PARTITION BY LIST (region);
CREATE TABLE places_north PARTITION OF places FOR VALUES IN ('n');
CREATE TABLE places_rest PARTITION OF places DEFAULT;
CREATE TABLE copied (id int PRIMARY KEY, note text);
CREATE TABLE quiet (id int PRIMARY KEY, note text);
CREATE TABLE audit (
  n bigserial PRIMARY KEY, xid text DEFAULT pg_current_xact_id()::text, key text, row jsonb);
CREATE FUNCTION image(i items) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('id', i.id::text, 'grp', i.grp, 'price', i.price::text,
    'flag', i.flag::text, 'body', md5(i.body)) $$;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO audit (key, row) SELECT id::text, NULL FROM items;
  ELSE
    IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR OLD.id <> NEW.id) THEN
      INSERT INTO audit (key, row) VALUES (OLD.id::text, NULL);
    END IF;
    IF TG_OP <> 'DELETE' THEN
      INSERT INTO audit (key, row) VALUES (NEW.id::text, image(NEW));
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep AFTER INSERT OR UPDATE OR DELETE ON items
  FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON items FOR EACH STATEMENT EXECUTE FUNCTION keep();
CREATE FUNCTION large(seed int) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(md5((seed * 1000 + g)::text), '') FROM generate_series(1, 100) AS g $$;
ALTER TABLE items ALTER COLUMN body SET STORAGE EXTERNAL;
"""


def contract(table, columns, location=None):
    listed = ", ".join(f"`{column}` STRING" for column in columns)
    return (f"CREATE TABLE bronze.shop_{table} ({listed}, __op STRING, __sequence BIGINT, "
            f"__committed_at TIMESTAMP, ingest_date DATE) USING parquet "
            f"PARTITIONED BY (ingest_date) LOCATION 'shop/{location or table}';\n")


def flow(name, source, keys, sequence, scd, columns):
    return f"""
CREATE STREAMING TABLE silver.{name};
CREATE FLOW {name}_flow AS AUTO CDC INTO silver.{name} FROM STREAM({source}_changes)
KEYS ({keys}) APPLY AS DELETE WHEN __op = 'd' SEQUENCE BY {sequence}
COLUMNS {columns} STORED AS SCD TYPE {scd};
"""


def view(source, columns):
    listed = ", ".join([*columns, "__op", "__sequence", "__committed_at"])
    return (f"CREATE TEMPORARY VIEW {source}_changes AS SELECT {listed} "
            f"FROM STREAM(bronze.shop_{source});\n")


EXCEPT = "* EXCEPT (__op, __sequence, __committed_at)"
JOBS = {
    "silver/items.sql":
        view("items", BASE + SPARE)
        + flow("items", "items", "id", "__sequence", 1, EXCEPT)
        + flow("items_by_time", "items", "id", "__committed_at", 1, EXCEPT)
        + flow("items_history", "items", "id", "__committed_at", 2, f"({', '.join(BASE)})"),
    "silver/places.sql":
        view("places", ["region", "id", "note"])
        + flow("places", "places", "region, id", "__sequence", 1, EXCEPT)
        + flow("places_history", "places", "region, id", "__committed_at", 2, EXCEPT),
    "silver/copied.sql":
        view("copied", ["id", "note"]) + flow("copied", "copied", "id", "__sequence", 1, EXCEPT),
}


class Campaign:
    def __init__(self, folder, bin, server, seed, kills):
        self.random = random.Random(seed)
        self.server = server
        self.kills = kills
        self.spare = list(SPARE)
        self.extra = []      # columns that are there now and tell what the source tells
        server.query(SCHEMA)
        sources = (
            "systems:\n  shop:\n    kind: postgresql\n"
            f"    location: {json.dumps(server.address)}\n    tables:\n"
            "      items: {keys: [id]}\n      places: {keys: [region, id]}\n"
            "      copied: {keys: [id]}\n")
        setup = (contract("items", BASE + SPARE)
                 + contract("places", ["region", "id", "note"])
                 + contract("copied", ["id", "note"]))
        self.lake = Lake(folder, bin, sources, setup, JOBS)
        server.query("INSERT INTO items SELECT g, 'first', g, true, large(g) "
                     "FROM generate_series(1, 30) AS g;\n"
                     "INSERT INTO places SELECT CASE WHEN g % 3 = 0 THEN 'n' ELSE 's' END, g, 'first' "
                     "FROM generate_series(1, 20) AS g;")
        self.lake.run("cdc-extract", "--setup", "shop")
        # What is before the first whole extraction may come as one row of its snapshot.
        self.followed = None

    # What clients do

    def statement(self):
        random = self.random
        id, other = random.randrange(KEYS), random.randrange(KEYS)
        word = f"'w{random.randrange(6)}'"
        return random.choice([
            lambda: f"INSERT INTO items (id, grp, price, flag, body) VALUES ({id}, {word}, "
                    f"{random.randrange(100)}, NULL, large({random.randrange(999)}));",
            lambda: f"UPDATE items SET grp = {word} WHERE id = {id};",
            lambda: f"UPDATE items SET grp = {word} WHERE id = {id};",
            lambda: f"UPDATE items SET price = price + 1, flag = NOT flag WHERE id = {id};",
            lambda: f"UPDATE items SET body = large({random.randrange(999)}) WHERE id = {id};",
            lambda: f"UPDATE items SET body = NULL WHERE id = {id};",
            lambda: f"UPDATE items SET id = {other} WHERE id = {id};",
            # A key that goes away and back, or on, with writes between.
            lambda: f"UPDATE items SET grp = {word} WHERE id = {id};\n"
                    f"UPDATE items SET id = {other} + 100 WHERE id = {id};\n"
                    f"UPDATE items SET price = price + 1 WHERE id = {other} + 100;\n"
                    f"UPDATE items SET id = {random.choice([id, other])} WHERE id = {other} + 100;\n"
                    f"UPDATE items SET flag = NOT flag WHERE id = {id};",
            lambda: f"DELETE FROM items WHERE id = {id};",
            lambda: f"DELETE FROM items WHERE id = {id};\nINSERT INTO items VALUES ({id}, {word});",
            lambda: f"INSERT INTO places VALUES ('{random.choice('sx')}', {id}, {word});",
            lambda: f"INSERT INTO places VALUES ('n', {id}, {word}) ON CONFLICT (region, id) "
                    f"DO UPDATE SET note = excluded.note;",
            lambda: f"UPDATE places SET note = {word} WHERE id = {id};",
            lambda: f"UPDATE places SET region = '{random.choice('nsx')}' WHERE id = {id};",
            lambda: f"DELETE FROM places WHERE id = {id};",
            lambda: f"INSERT INTO quiet VALUES ({id}, {word}) ON CONFLICT DO NOTHING;",
            lambda: "UPDATE items SET " + ", ".join(
                [f"{column} = {word}" for column in self.extra[-2:]] or ["grp = grp"])
                    + f" WHERE id = {id};",
        ])()

    def transaction(self):
        random = self.random
        parts = ["BEGIN;"]
        for _ in range(random.randrange(1, 6)):
            parts.append(self.statement())
            if random.random() < 0.2:
                parts += ["SAVEPOINT s;", self.statement(), self.statement(),
                          random.choice(["ROLLBACK TO s;", "RELEASE s;"])]
        if random.random() < 0.02:
            parts.append("TRUNCATE items;")
            parts += [self.statement() for _ in range(3)]
        parts.append("ROLLBACK;" if random.random() < 0.1 else "COMMIT;")
        return "\n".join(parts)

    def client(self):
        pauses = lambda: f"SELECT pg_sleep({self.random.uniform(0, 0.02):.4f});"
        return "\n".join(
            part for _ in range(self.random.randrange(5, 25))
            for part in (self.transaction(), pauses()))

    def copy(self, number):
        """Ten thousand rows of one transaction, which bear one place in the log."""
        first = number * 10_000
        rows = "".join(f"{id}\tcopied\n" for id in range(first, first + 10_000))
        return (f"DELETE FROM copied WHERE id < {first} - 40000;\n"
                f"COPY copied FROM STDIN;\n{rows}\\.\n")

    def alter(self):
        """A change of form; where values change by it, each row is written."""
        choice = self.random.randrange(5)
        touch = "UPDATE items SET id = id;"
        if choice == 0 or not self.extra:
            name = self.spare.pop(0) if self.spare else None
            if name:
                self.extra.append(name)
                return f"ALTER TABLE items ADD COLUMN {name} text;"
            return ""
        name = self.random.choice(self.extra)
        if choice == 1:
            self.extra.remove(name)
            return f"ALTER TABLE items DROP COLUMN {name};"
        if choice == 2 and self.spare:
            new = self.spare.pop(0)
            self.extra[self.extra.index(name)] = new
            return f"BEGIN; ALTER TABLE items RENAME COLUMN {name} TO {new}; {touch} COMMIT;"
        if choice == 3:
            return (f"BEGIN; ALTER TABLE items ALTER COLUMN {name} TYPE varchar(3) "
                    f"USING left({name}, 3); {touch} COMMIT;")
        return f"ALTER TABLE items ALTER COLUMN {name} SET DEFAULT 'd';"

    # What must come of it

    def round(self, number):
        random = self.random
        clients = [self.server.client(self.client()) for _ in range(3)]
        if number % 5 == 1:
            clients.append(self.server.client(self.copy(number)))
        crashes = {random.randrange(self.kills)} if random.random() < 0.6 else set()
        for kill in range(self.kills):
            self.lake.extract_and_kill(random)
            if random.random() < 0.3:
                self.server.query(self.alter() or "SELECT 1;")
            if kill in crashes:
                self.server.crash()
                clients.append(self.server.client(self.client()))
        for client in clients:
            client.wait()
        if random.random() < 0.3:
            self.server.crash()
        self.lake.extract()
        if self.followed is None:
            self.followed = self.server.query("SELECT max(n) FROM audit;").strip() or "0"
        self.lake.refresh()
        # History grows with each round, and so does the time that looking at all of it takes.
        self.check(f"round {number}", isThorough=number <= 20 or number % 10 == 0)

    def check(self, words, isThorough=True):
        self.compare("items", BASE + self.extra, words)
        self.compare("items_by_time", BASE + self.extra, words, source="items")
        self.compare("places", ["region", "id", "note"], words)
        self.compare("copied", ["id", "note"], words)
        if isThorough:
            self.check_history(words)

    def compare(self, table, columns, words, source=None):
        fields = ", ".join(
            f"'{column}', md5(body)" if column == "body" else f"'{column}', {column}::text"
            for column in columns)
        told = self.server.query(
            f"SELECT jsonb_build_object({fields})::text FROM {source or table};")
        expected = sorted(
            tuple(json.loads(line)[column] for column in columns) for line in told.splitlines()
            if line)
        rows = self.lake.rows(f"SELECT {', '.join(columns)} FROM silver.{table}")
        found = sorted(
            (tuple(image(row, column) for column in columns) for row in rows), key=str)
        expected.sort(key=str)
        if found != expected:
            differ(f"{words}: silver.{table} is not what the source holds", expected, found)

    def check_history(self, words):
        events = {}
        told = self.server.query(
            "SELECT jsonb_build_object('n', n, 'xid', xid, 'key', key, 'row', row, 'at', "
            "(extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint)::text "
            "FROM audit ORDER BY n;")
        for line in told.splitlines():
            if not line:
                continue
            event = json.loads(line)
            last = events.setdefault(event["key"], [])
            # A transaction's last word on a key counts.
            if last and last[-1]["xid"] == event["xid"]:
                last.pop()
            last.append(event)
        found = {}
        for row in self.lake.rows(
                f"SELECT {', '.join(BASE[:-1])}, md5(body) AS body, unix_micros(__START_AT) AS "
                "began, unix_micros(__END_AT) AS ended FROM silver.items_history "
                "ORDER BY id, __START_AT"):
            values = tuple(None if row.get(column) is None else str(row[column])
                           for column in BASE)
            ended = row.get("ended")
            found.setdefault(values[0], []).append(
                (values, int(row["began"]), None if ended is None else int(ended)))
        for key in sorted(events.keys() | found.keys()):
            expected = versions(events.get(key, []))
            have = found.get(key, [])
            is_old = events.get(key, [{"n": 0}])[0]["n"] <= int(self.followed)
            if not same(expected, have, is_old):
                differ(f"{words}: history of {key} is not what the audit tells", expected, have)


def image(row, column):
    value = row.get(column)
    if value is None:
        return None
    return hashlib.md5(value.encode()).hexdigest() if column == "body" else str(value)


def versions(events):
    """The versions that changes of one key make: values, beginning, end."""
    made = []
    for event in events:
        values = event["row"] and tuple(event["row"][column] for column in BASE)
        isOpen = made and made[-1][2] is None
        if isOpen and values == made[-1][0]:
            continue
        if isOpen:
            made[-1] = (*made[-1][:2], event["at"])
        if values:
            made.append((values, event["at"], None))
    return made


def same(expected, found, is_old):
    """Whether the versions are those; what was before a snapshot may be one of its rows, or gone."""
    skipped = range(len(expected) - len(found), -1, -1)
    for first in skipped if is_old else [0]:
        tail = expected[first:]
        if len(tail) == len(found) and all(
                told[0] == have[0]
                and (near(told[1], have[1]) or is_old and position == 0)
                and near(told[2], have[2])
                for position, (told, have) in enumerate(zip(tail, found))):
            return True
    return False


def near(told, have):
    """Whether a moment is the told one; a clock that went back is put forward by little."""
    if told is None or have is None:
        return told is have
    return 0 <= have - told < 1000


def differ(words, expected, found):
    missing = [row for row in expected if row not in found][:5]
    added = [row for row in found if row not in expected][:5]
    raise Failure(f"{words}\n  {len(expected)} expected, {len(found)} found"
                  f"\n  missing: {missing}\n  added: {added}")
