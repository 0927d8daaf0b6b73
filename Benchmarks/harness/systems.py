"""The systems under test: each does the whole job from an input folder into an empty folder.

A run gives the usage of each stage, that of the whole, and what was counted on the way. The whole
of a peer is its process, start-up included; the whole of ours is the sum of its tools.
"""

import json
import os
import shutil

from harness.environment import JOBS, PEERS, TOOLS
from harness.measure import FIRST_TO_GO, Usage, run

STAGES = ("raw", "silver", "gold", "warehouse")

# The order database feeds the dimensions only, so cdc-extract counts where they are loaded.
STAGE_OF_TOOL = {
    "ingest-pos": "raw", "bronze2silver": "silver", "silver2gold": "gold",
    "cdc-extract": "warehouse", "load-dims": "warehouse", "load-facts": "warehouse",
}


class Medallion:
    """Our tools, one process each, in the order in which `make refresh` calls them."""

    name = "medallion"

    def __init__(self, bin):
        self.bin = bin

    def prepare(self, source, output):
        """Puts the input where `jobs/sources.yml` looks for it, as hard links where possible."""
        for folder in ("landing/pos", "sources"):
            (output / folder).mkdir(parents=True)
        for file in sorted((source / "events").iterdir()):
            link(file, output / "landing/pos" / file.name)
        link(source / "orders.db", output / "sources/orders.db")

    def tool(self, name, output, *operands):
        """Runs one tool in the folder `output`; gives its usage."""
        return run([self.bin / name, *operands], output, self.environment(output))[0]

    def environment(self, output):
        return {
            "MEDALLION_JOBS": str(JOBS), "MEDALLION_LAKE": "lake",
            "MEDALLION_WAREHOUSE": "warehouse.db",
            "MEDALLION_THREADS": os.environ.get("MEDALLION_THREADS", "2"),
        }

    def run(self, source, output):
        self.prepare(source, output)
        stages, tools = {name: Usage() for name in STAGES}, {}
        for name in TOOLS:
            tools[name] = self.tool(name, output)
            stages[STAGE_OF_TOOL[name]] += tools[name]
        return stages, sum(stages.values(), Usage()), {}


def link(file, target):
    """Gives `file` another name; on another disk, a copy. Symbolic links are not taken in."""
    try:
        os.link(file.resolve(), target)
    except OSError:
        shutil.copyfile(file, target)


class Peer:
    """A script in `peers`, which times its own stages."""

    def __init__(self, name, interpreter):
        self.name = name
        self.command = [*FIRST_TO_GO, interpreter, PEERS / f"with_{name}.py"]

    def run(self, source, output):
        process, said = run(
            [*self.command, source / "events", source / "orders.db", output], output,
            {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore", "POLARS_MAX_THREADS": "2",
             "SPARK_LOCAL_IP": "127.0.0.1"})
        stages, counts, whole = {name: Usage() for name in STAGES}, {}, process
        for line in said.splitlines():
            words = json.loads(line) if line.startswith("{") else {}
            if "stage" in words:
                stages[words["stage"]] += Usage(words["wall"], words["cpu"], words["peak"])
            elif "whole" in words:
                whole = Usage(
                    process.wall, max(process.cpu, words["whole"]["cpu"]),
                    max(process.peak, words["whole"]["peak"]))
            elif "count" in words:
                counts[words["count"]] = words["value"]
        return stages, whole, counts


def system(name, bin, interpreter):
    return Medallion(bin) if name == Medallion.name else Peer(name, interpreter)
