"""What a command takes: wall time, CPU time and peak memory, as the kernel counts them."""

import dataclasses
import os
import statistics
import subprocess
import tempfile
import time


@dataclasses.dataclass
class Usage:
    """Seconds and bytes that something took."""

    wall: float = 0
    cpu: float = 0
    peak: int = 0

    def __add__(self, other):
        """What both took, one after the other."""
        return Usage(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


class Failure(Exception):
    """A command ended badly; the text says which, and what it said."""


# A process that fills the machine's memory is to be the one that ends.
FIRST_TO_GO = ["sh", "-c", 'echo 1000 >/proc/self/oom_score_adj; exec "$@"', "sh"]


def run(command, folder, environment=None):
    """Runs `command` in `folder`; gives its usage and its standard output."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as talk:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=output, stderr=talk)
        _, status, resources = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode:
            talk.seek(0)
            words = talk.read().decode(errors="replace").strip()
            raise Failure(f"{' '.join(map(str, command))}: status {process.returncode}\n{words}")
        usage = Usage(
            wall, resources.ru_utime + resources.ru_stime, resources.ru_maxrss * 1024)
        return usage, output.read().decode()


def median(usages):
    """The middle of each of what some runs took."""
    return Usage(
        statistics.median(usage.wall for usage in usages),
        statistics.median(usage.cpu for usage in usages),
        statistics.median(usage.peak for usage in usages))


def warm(folder):
    """Reads all files below `folder`, so that every system finds them in memory."""
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb", buffering=0) as file:
                while file.read(1 << 22):
                    pass
