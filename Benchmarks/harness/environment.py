"""The throw-away environment with the peers, and where our tools stand."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
HOUSE = BENCHMARKS.parent
JOBS = BENCHMARKS / "jobs"
PEERS = BENCHMARKS / "peers"
TOOLS = ("ingest-pos", "cdc-extract", "bronze2silver", "silver2gold", "load-dims", "load-facts")


def python(folder):
    """The interpreter of the environment in `folder`, which is made when it is missing."""
    interpreter = Path(folder) / "bin" / "python"
    ready = Path(folder) / "ready"
    wanted = (BENCHMARKS / "requirements.txt").read_text()
    if not ready.exists() or ready.read_text() != wanted:
        print("bench: installing the peers", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run(
            [interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--requirement", BENCHMARKS / "requirements.txt"], check=True)
        ready.write_text(wanted)
    return interpreter


def versions(interpreter):
    """The peers' packages, by name."""
    listing = subprocess.run(
        [interpreter, "-m", "pip", "list", "--format", "freeze", "--disable-pip-version-check"],
        check=True, capture_output=True, text=True).stdout
    found = dict(line.split("==", 1) for line in listing.splitlines() if "==" in line)
    names = [line.split("==")[0] for line in
             (BENCHMARKS / "requirements.txt").read_text().splitlines() if line]
    return {name: found.get(name) for name in names}
