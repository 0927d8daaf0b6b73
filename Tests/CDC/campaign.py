"""The campaign: rounds of changes, kills and comparisons, for each kind of source."""

import argparse
import os
import signal
import sys
import tempfile
import traceback

import postgresql
import sqlite
from lake import Failure
from server import Server, programs

METHODS = ("compare", "triggers")


def rounds(name, campaign, count, seed):
    """Whether all rounds of a campaign leave in silver what the source holds."""
    lake = campaign.lake
    try:
        for number in range(1, count + 1):
            campaign.round(number)
        lake.refresh("--full-refresh")
        campaign.check("made anew")
    except Failure as failure:
        print(f"cdc: {name}, seed {seed}: {failure}", file=sys.stderr)
        return False
    print(f"{name}: {count} rounds, {lake.runs} runs, {lake.kills} of them killed: nothing lost, "
          "nothing doubled")
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
    print(f"seed {chosen.seed}")
    isWell = True
    with tempfile.TemporaryDirectory(prefix="cdc") as scratch:
        os.chmod(scratch, 0o755)
        for method in METHODS:
            if chosen.only in (None, method):
                campaign = sqlite.Campaign(
                    os.path.join(scratch, method), chosen.bin, method, chosen.seed, chosen.kills)
                isWell &= rounds(f"SQLite by {method}", campaign, chosen.rounds, chosen.seed)
        if chosen.only in (None, "postgresql"):
            if programs() is None:
                print("PostgreSQL: left out, for no server is installed (postgresql-15)")
            else:
                server = Server(os.path.join(scratch, "server"))
                try:
                    campaign = postgresql.Campaign(
                        os.path.join(scratch, "lake"), chosen.bin, server, chosen.seed,
                        chosen.kills)
                    isWell &= rounds("PostgreSQL", campaign, chosen.rounds, chosen.seed)
                finally:
                    server.stop()
    sys.exit(0 if isWell else 1)


main()
