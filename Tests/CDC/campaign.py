"""The campaign: rounds of changes, kills and comparisons, for each kind of source."""

import argparse
import os
import signal
import sys
import tempfile
import time

import postgresql
import sqlite
from lake import Failure
from server import Server, programs

METHODS = ("compare", "triggers", "cursor")


def rounds(name, kind, campaign, chosen):
    """Whether all rounds of a campaign leave in silver what the source holds."""
    lake = campaign.lake
    start = time.monotonic()
    number = 0
    try:
        for number in range(1, chosen.rounds + 1):
            campaign.round(number)
        lake.refresh("--full-refresh")
        campaign.check("made anew")
    except Failure as failure:
        print(f"cdc: {name}, seed {chosen.seed}: {failure}\n"
              f"cdc: once more: Tests/CDC/run {max(number, 1)} {chosen.seed} --only {kind} "
              f"--kills {chosen.kills}", file=sys.stderr)
        return False
    seconds = (time.monotonic() - start) / chosen.rounds
    print(f"{name}: {chosen.rounds} rounds of {seconds:.1f} s, {lake.runs} runs, {lake.kills} of them "
          "killed: nothing lost, nothing doubled", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--kills", type=int, default=10, help="killed extractions of each round")
    parser.add_argument("--only", help="one of postgresql, " + ", ".join(METHODS))
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    print(f"seed {chosen.seed}", flush=True)
    isWell = True
    with tempfile.TemporaryDirectory(prefix="cdc") as scratch:
        os.chmod(scratch, 0o755)
        for method in METHODS:
            if chosen.only in (None, method):
                campaign = sqlite.Campaign(
                    os.path.join(scratch, method), chosen.bin, method, chosen.seed, chosen.kills)
                isWell &= rounds(f"SQLite by {method}", method, campaign, chosen)
        if chosen.only in (None, "postgresql"):
            if programs() is None:
                print("PostgreSQL: left out, for no server is installed (postgresql-15)")
            else:
                server = Server(os.path.join(scratch, "server"))
                try:
                    campaign = postgresql.Campaign(
                        os.path.join(scratch, "lake"), chosen.bin, server, chosen.seed,
                        chosen.kills)
                    isWell &= rounds("PostgreSQL", "postgresql", campaign, chosen)
                finally:
                    server.stop()
    sys.exit(0 if isWell else 1)


main()
