"""The input: a month of a made-up retailer's till events and its order database, from pos-sim.

Inputs are kept by what they were made of, because big ones take a while.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

FIRST_DAY = "2026-01-01"


class Business:
    """Folders of inputs, each with `events/*.ndjson` (a file a day) and `orders.db`."""

    def __init__(self, folder, bin):
        self.folder = Path(folder)
        self.simulator = Path(bin) / "pos-sim"

    def input(self, scale, days=30):
        """The folder of `scale` events of `days` days."""
        target = self.folder / f"{scale}-events-{days}-days"
        if target.exists():
            return target
        print(f"bench: making {scale} events of {days} days", file=sys.stderr)
        draft = target.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        period = ["--seed", "1", "--from", FIRST_DAY, "--days", str(days)]
        self._simulate("events", *period, "--events", str(scale), "--output", draft / "events")
        self._simulate("orders", *period, "--database", draft / "orders.db")
        draft.rename(target)
        return target

    def _simulate(self, *arguments):
        subprocess.run(
            [self.simulator, *map(os.fspath, arguments)], check=True, stdout=subprocess.DEVNULL)
