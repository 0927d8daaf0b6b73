"""Reads a topic through `kcat -J | ingest-pos --envelope kcat -`, killing both again and again.

    resume.py BIN JOBS WORK SEED

Ends with status 1 unless bronze holds every event once, in the order of its partition.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from confluent_kafka import Producer

TOPIC, PARTITIONS, EVENTS, KILLS = "tills", 4, 20_000, 40


def event(number):
    return json.dumps({
        "event_id": f"e{number}", "event_type": "sale", "event_time": "2026-03-01T09:00:00Z",
        "store_id": "S1", "lines": [{"line_no": 1, "sku": "A", "quantity": "1"}]})


def broker(events):
    """A cluster on loopback that holds `events`; it lives as long as the producer."""
    producer = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 3})
    for number in range(events):
        producer.produce(TOPIC, event(number), key=str(number))
        producer.poll(0)
    producer.flush()
    found = next(iter(producer.list_topics(timeout=10).brokers.values()))
    return producer, f"{found.host}:{found.port}"


class Reader:
    def __init__(self, bin, jobs, work, address):
        self.bin, self.work, self.address = Path(bin), Path(work), address
        self.environment = {
            **os.environ, "MEDALLION_JOBS": str(Path(jobs).resolve()),
            "MEDALLION_LAKE": str(self.work / "lake")}

    def tool(self, name, *operands):
        return subprocess.run(
            [self.bin / name, *operands], env=self.environment, capture_output=True, text=True,
            check=True).stdout

    def start(self, partition):
        """kcat from where ingest-pos stands, and ingest-pos behind it."""
        where = self.tool("ingest-pos", "--offsets", f"{TOPIC}/{partition}").split()
        kcat = subprocess.Popen(
            ["kcat", "-b", self.address, "-C", *where, "-J", "-e", "-q"], stdout=subprocess.PIPE)
        ingest = subprocess.Popen(
            [self.bin / "ingest-pos", "--envelope", "kcat", "--flush-rows", "300", "--quiet", "-"],
            stdin=kcat.stdout, stdout=subprocess.DEVNULL, env=self.environment)
        kcat.stdout.close()
        return kcat, ingest

    def finish(self, partition):
        kcat, ingest = self.start(partition)
        if ingest.wait() != 0 or kcat.wait() != 0:
            sys.exit(f"kafka: partition {partition} ended with {ingest.returncode}")


def main():
    bin, jobs, work, seed = sys.argv[1:]
    print(f"seed {seed}")
    chance = random.Random(seed)
    shutil.rmtree(work, ignore_errors=True)
    Path(work).mkdir(parents=True)
    producer, address = broker(EVENTS)
    reader = Reader(bin, jobs, work, address)
    killed = 0
    for number in range(KILLS):
        kcat, ingest = reader.start(number % PARTITIONS)
        time.sleep(chance.uniform(0, 0.3))
        victims = chance.choice([[ingest], [kcat], [kcat, ingest]])
        for victim in victims:
            if victim.poll() is None:
                victim.send_signal(signal.SIGKILL)
                killed += 1
        kcat.wait(), ingest.wait()
    for partition in range(PARTITIONS):
        reader.finish(partition)
    rows = reader.tool("lake-sql", "SELECT event_id FROM bronze.pos_events").splitlines()
    ids = [json.loads(row)["event_id"] for row in rows]
    lost = EVENTS - len(set(ids))
    doubled = len(ids) - len(set(ids))
    rejected = reader.tool("lake-sql", "SELECT rule FROM quarantine.pos_events").splitlines()
    whole = [row for row in rejected if "truncated_line" not in row]
    print(f"{killed} processes killed; {EVENTS} events sent, {lost} lost, {doubled} doubled")
    if lost or doubled or whole:
        sys.exit(f"kafka: not every event came once {whole[:3]}")
    del producer


if __name__ == "__main__":
    main()
