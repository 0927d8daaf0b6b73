"""Times the stages of a peer's job inside its one process, and says so on standard output."""

import contextlib
import json
import os
import resource
import time

_followed = []
_peaks = []


def follow(process):
    """Counts another process, by its number, into what this one takes."""
    _followed.append(process)


def cpu_seconds():
    """User and system time of this process, all its threads, and of the processes it follows."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime + sum(map(_cpu_seconds, _followed))


def _cpu_seconds(process):
    with open(f"/proc/{process}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _reset_peak():
    for process in [os.getpid()] + _followed:
        with open(f"/proc/{process}/clear_refs", "w") as file:
            file.write("5")


def _peak_bytes():
    return sum(map(_peak, [os.getpid()] + _followed))


def _peak(process):
    with open(f"/proc/{process}/status") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def _say(**words):
    print(json.dumps(words), flush=True)


@contextlib.contextmanager
def stage(name):
    """Prints a line with wall seconds, CPU seconds and peak memory of what stands in it."""
    _peaks.append(_peak_bytes())
    _reset_peak()
    wall, cpu = time.perf_counter(), cpu_seconds()
    yield
    _peaks.append(_peak_bytes())
    _say(
        stage=name, wall=time.perf_counter() - wall, cpu=cpu_seconds() - cpu, peak=_peaks[-1])
    _say(whole={"cpu": cpu_seconds(), "peak": max(_peaks)})


def count(name, value):
    """Says how many of something there were, for the comparison with the other systems."""
    _say(count=name, value=int(value))
