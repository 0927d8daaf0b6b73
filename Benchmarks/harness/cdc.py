"""Changes of a PostgreSQL database: how many a second, how late, in how much memory, and how much log
an idle slot holds; beside Debezium and plain COPY on the same server, in the same run."""

import json
import statistics
import subprocess
import sys
import time

from harness.environment import HOUSE, PEERS
from harness.measure import Failure, run
from harness.report import table

sys.path.insert(0, str(HOUSE / "Tests" / "CDC"))

from server import Server, programs  # noqa: E402

LAGS = 9

JOBS = {
    "setup.sql": "CREATE TABLE bronze.shop_items (id STRING, name STRING, price STRING, "
                 "__op STRING, __sequence BIGINT, __committed_at TIMESTAMP, ingest_date DATE) "
                 "USING parquet PARTITIONED BY (ingest_date) LOCATION 'shop/items';\n",
    "spark-pipeline.yml": "name: bench\nlibraries:\n  - glob: {include: silver/**}\n",
}

SCHEMA = """
CREATE TABLE items (id bigint PRIMARY KEY, name text, price numeric(12,2));
CREATE TABLE other (id bigserial PRIMARY KEY, name text);
"""


class Followed:
    """A database that our tool follows."""

    def __init__(self, bin, work):
        self.bin = bin
        self.folder = work / "cdc"
        (self.folder / "jobs" / "silver").mkdir(parents=True)
        # The server's own user has to reach its folder.
        for folder in (work, self.folder):
            folder.chmod(0o755)
        # Debezium connects by TCP alone.
        self.server = Server(str(self.folder / "server"), isReachable=True)
        self.server.query(SCHEMA)
        sources = (f"systems:\n  shop:\n    kind: postgresql\n"
                   f"    location: {json.dumps(self.server.address)}\n"
                   "    tables:\n      items: {keys: [id]}\n")
        for name, text in {**JOBS, "sources.yml": sources}.items():
            (self.folder / "jobs" / name).write_text(text)
        self.extract("--setup", "shop")
        self.extract()

    def extract(self, *arguments):
        usage, _ = run([str(self.bin / "cdc-extract"), *arguments], self.folder)
        return usage

    def change(self, count):
        """Makes so many changes: half of them inserts, the others updates of these, in
        transactions of a hundred rows."""
        first = int(self.server.query("SELECT coalesce(max(id), 0) FROM items;"))
        self.server.query(f"""
            DO $$ BEGIN FOR step IN 0..{count // 200 - 1} LOOP
              INSERT INTO items SELECT {first} + step * 100 + g, 'item ' || g, g
                FROM generate_series(1, 100) AS g;
              COMMIT;
              UPDATE items SET price = price + 1
                WHERE id > {first} + step * 100 AND id <= {first} + (step + 1) * 100;
              COMMIT;
            END LOOP; END $$;""")

    def copy(self):
        """Seconds in which plain COPY gives all rows."""
        start = time.perf_counter()
        subprocess.run(
            ["psql", "-X", "-q", "-d", self.server.address, "-c", "COPY items TO STDOUT"],
            stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - start

    def held(self):
        """Bytes of log that the server keeps for the slots."""
        return int(self.server.query(
            "SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)::bigint "
            "FROM pg_replication_slots WHERE slot_name = 'medallion_shop';"))


def cdc(bin, interpreter, scales, work):
    """What each number of changes in `scales` takes, by us, Debezium and COPY."""
    if programs() is None:
        raise Failure("no PostgreSQL server is installed; install Debian's package postgresql-15")
    followed = Followed(bin, work)
    try:
        found = {"changes": []}
        for scale in scales:
            followed.change(scale)
            ours = followed.extract()
            found["changes"].append({
                "count": scale, "wall": ours.wall, "cpu": ours.cpu, "peak": ours.peak,
                "copy": followed.copy(),
                "rows": int(followed.server.query("SELECT count(*) FROM items;"))})
        found["lag"] = lag(followed)
        found["held"] = idle(followed)
        found["debezium"] = [debezium(followed, interpreter, scale) for scale in scales]
        return found
    finally:
        followed.server.stop()


def lag(followed):
    """Milliseconds from the commit of one change until it stands in bronze, a run a change."""
    taken = []
    for _ in range(LAGS):
        followed.change(200)
        start = time.perf_counter()
        followed.extract()
        taken.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(taken), 1)


def idle(followed):
    """Bytes of log held after each of some rounds in which only a table is written that nobody
    follows."""
    held = []
    for _ in range(5):
        followed.server.query(
            "INSERT INTO other (name) SELECT repeat('x', 100) FROM generate_series(1, 50000);"
            "CHECKPOINT;")
        before = followed.held()
        followed.extract()
        # A server lets go of log when it is asked a second time, behind a record of running
        # transactions.
        followed.server.query("CHECKPOINT;")
        followed.extract()
        held.append({"before": before, "after": followed.held()})
    return held


def debezium(followed, interpreter, count):
    """What Debezium takes for as many changes: from its first event to its last, without its
    start."""
    slot = f"debezium_{count}"
    server = followed.server
    server.query(f"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput');")
    followed.change(count)
    usage, told = run(
        [str(interpreter), str(PEERS / "debezium_changes.py"), "127.0.0.1", str(server.port), slot,
         str(count), str(followed.folder / f"{slot}.json")], followed.folder)
    server.query(f"SELECT pg_drop_replication_slot('{slot}') FROM pg_sleep(1);")
    return {"count": count, "cpu": usage.cpu, "peak": usage.peak,
            **json.loads(told.splitlines()[-1])}


def text(found):
    rows = [["changes", "cdc-extract", "changes/s", "peak", "Debezium", "of it Python",
             "changes/s", "peak", "COPY of the table"]]
    for ours, peer in zip(found["changes"], found["debezium"]):
        rows.append([
            f"{ours['count']:,}", f"{ours['wall']:.2f} s", f"{ours['count'] / ours['wall']:,.0f}",
            f"{ours['peak'] >> 20} MB", f"{peer['wall']:.2f} s",
            f"{peer['python']:.2f} s",
            f"{peer['count'] / peer['wall']:,.0f}", f"{peer['peak'] >> 20} MB",
            f"{ours['copy']:.2f} s"])
    held = found["held"]
    words = ", ".join(f"{step['after'] >> 10:,} kB" for step in held)
    lags = " and ".join(
        f"{milliseconds} ms {of}" for milliseconds, of in
        ((found["lag"], "by a run of cdc-extract"),
         (found["debezium"][0]["lag"], "by Debezium, which keeps running")))
    return (f"{table(rows)}\n\nFrom commit to the product: {lags}.\n"
            f"Log held by the slot while other tables are written, after each run: {words}; "
            f"before it {held[-1]['before'] >> 10:,} kB.")
