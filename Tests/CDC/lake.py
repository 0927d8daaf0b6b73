"""A lake that follows one source, and the tools that fill it, disturbed or not."""

import json
import os
import random
import re
import subprocess
import time


class Failure(Exception):
    """The tools did not do what they must."""


class Lake:
    def __init__(self, folder, bin, sources, setup, jobs):
        self.folder = folder
        self.bin = bin
        self.kills = 0
        self.runs = 0
        self.whole = 0.5  # seconds that an undisturbed extraction took
        os.makedirs(os.path.join(folder, "jobs", "silver"))
        for name, text in {"sources.yml": sources, "setup.sql": setup,
                           "spark-pipeline.yml": PIPELINE, **jobs}.items():
            with open(os.path.join(folder, "jobs", name), "w") as file:
                file.write(text)

    def _start(self, tool, *arguments):
        self.runs += 1
        return subprocess.Popen(
            [os.path.join(self.bin, tool), *arguments], cwd=self.folder, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, tool, *arguments, allowed=(0,)):
        """A tool that nobody disturbs: its status, product and talk."""
        process = self._start(tool, *arguments)
        try:
            out, err = process.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failure(f"{tool} hangs")
        if process.returncode not in allowed:
            raise Failure(f"{tool} {' '.join(arguments)} ended with {process.returncode}: {err}")
        return process.returncode, out, err

    def extract_and_kill(self, random: random.Random):
        """An extraction that is killed at a random moment, if it is not done by then."""
        process = self._start("cdc-extract")
        try:
            out, err = process.communicate(timeout=random.uniform(0, self.whole * 1.2))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.kills += 1
            return
        # A server that is just down is away; a table that lost many rows waits for a word.
        if process.returncode not in (0, 1, 75):
            raise Failure(f"cdc-extract ended with {process.returncode}: {err}")

    def extract(self):
        """An extraction of all that is new, which says yes to deletes that are asked about."""
        for _ in range(12):
            start = time.monotonic()
            status, _, err = self.run("cdc-extract", allowed=(0, 1, 75))
            self.whole = max(0.2, time.monotonic() - start)
            if status == 0:
                return
            for table, count in ASKED.findall(err):
                self.run("cdc-extract", f"shop.{table}", "--accept-deletes", count, allowed=(0, 1, 75))
            if status == 75:
                time.sleep(0.2)
        raise Failure(f"cdc-extract never ends well: {err}")

    def refresh(self, *arguments):
        self.run("bronze2silver", *arguments)
        _, out, _ = self.run("quarantine", "list")
        if "conflict" in out:
            raise Failure(f"there are conflicts:\n{out}")

    def rows(self, query):
        _, out, _ = self.run("lake-sql", "--format", "json", query)
        return [json.loads(line) for line in out.splitlines() if line.strip()]


# What a refusal of deletes tells: which table, and how many rows are gone.
ASKED = re.compile(r":(\w+): .*--accept-deletes (\d+)")

PIPELINE = """name: campaign
libraries:
  - glob: {include: silver/**}
"""
