"""What our tools take when nothing is new, and for their `--help`."""

import os
import shutil
import statistics
import time

from harness.environment import TOOLS
from harness.report import table

CALLS = 31


def idle(medallion, source, work):
    """Milliseconds of each tool, the middle of many calls, on a lake where everything is done."""
    output = work / "idle"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    medallion.run(source, output)
    environment = {**os.environ, **medallion.environment(output)}
    os.chdir(output)
    tools = {
        name: {
            "nothing_new": middle([medallion.bin / name], environment),
            "help": middle([medallion.bin / name, "--help"], environment),
        }
        for name in TOOLS
    }
    return {"tools": tools}


def middle(command, environment):
    """The median of the milliseconds that `command` took, from its start until its end."""
    command = [os.fspath(word) for word in command]
    sink = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    taken = []
    for _ in range(CALLS):
        start = time.perf_counter()
        process = os.posix_spawn(command[0], command, environment, file_actions=sink)
        _, status = os.waitpid(process, 0)
        taken.append((time.perf_counter() - start) * 1000)
        if status:
            raise SystemExit(f"bench: {' '.join(command)}: status {status >> 8}")
    return round(statistics.median(taken), 2)


def text(found):
    rows = [["tool", "nothing new", "--help"]]
    for name, taken in found["tools"].items():
        rows.append([name, f"{taken['nothing_new']:.1f} ms", f"{taken['help']:.1f} ms"])
    return table(rows)
