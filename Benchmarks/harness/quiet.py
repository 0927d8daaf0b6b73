"""Whether the machine was ours while it was measured: how much of its CPU went to other work.

What a command takes beside other work says little of the command, and a ratio of two such times
less than nothing: who reads it does not see which of the two had the machine to itself.
"""

import ctypes
import os
import resource
import time

# Kernel threads write back what we wrote: so much of the machine may go elsewhere.
LIMIT = 0.05
LOOK = 2.0


class Busy(Exception):
    """The kernel does not say what the machine does."""


def machine_seconds(text=None):
    """CPU seconds that the machine has worked since it started, all cores together, those among
    them that a host took away."""
    text = open("/proc/stat").read() if text is None else text
    words = text.split("\n", 1)[0].split()
    if words[:1] != ["cpu"] or len(words) < 8:
        raise Busy("/proc/stat has no line of all cores")
    user, nice, system, _, _, irq, softirq = map(int, words[1:8])
    steal = int(words[8]) if len(words) > 8 else 0
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def adopt_orphans():
    """Has servers that leave the process that started them count as ours all the same."""
    subreaper = 36  # PR_SET_CHILD_SUBREAPER
    if ctypes.CDLL(None, use_errno=True).prctl(subreaper, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def own_seconds():
    """CPU seconds of this process and of all that came from it, whether they run or have ended."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    ended = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    ticks = sum(taken for _, taken in descendants(processes(), os.getpid()))
    return ended + ticks / os.sysconf("SC_CLK_TCK")


def processes():
    """Each process's parent, and the ticks that it and the children it waited for have taken."""
    found = {}
    for folder in os.listdir("/proc"):
        if not folder.isdigit():
            continue
        try:
            words = open(f"/proc/{folder}/stat").read().rpartition(")")[2].split()
        except OSError:
            continue  # It has ended since.
        found[int(folder)] = (int(words[1]), sum(map(int, words[11:15])))
    return found


def descendants(processes, ancestor):
    """Those of `processes` that came from `ancestor`, each with its ticks."""
    def comes(process):
        while process in processes:
            process = processes[process][0]
            if process == ancestor:
                return True
        return False

    return [(process, taken) for process, (_, taken) in processes.items() if comes(process)]


class Watch:
    """Counts what other work takes, from its making on."""

    def __init__(self, machine=machine_seconds, own=own_seconds, clock=time.monotonic, cores=None):
        self._cores = cores or os.cpu_count()
        self._read = lambda: (machine(), own(), clock())
        self._start = self._read()

    def share(self):
        """Which part of the machine's CPU time has gone to other work."""
        machine, own, now = (end - start for end, start in zip(self._read(), self._start))
        return max(0.0, machine - own) / (max(now, 1e-9) * self._cores)


def share_before(seconds=LOOK):
    """Which part of the machine's CPU time goes to other work just now."""
    watch = Watch()
    time.sleep(seconds)
    return watch.share()


def finding(before, during):
    """What is said of the shares of other work before and while it was measured."""
    return {
        "other_work_before": round(before, 4), "other_work_during": round(during, 4),
        "load_after": round(os.getloadavg()[0], 1), "quiet": max(before, during) <= LIMIT}


def text(found):
    """The finding in a sentence."""
    shares = (f"Other work took {found['other_work_before']:.1%} of the machine before, "
              f"{found['other_work_during']:.1%} while it was measured")
    if found["quiet"]:
        return shares + "."
    return (shares + f", more than {LIMIT:.0%}: times are no measure of what was run, and no "
            "ratios are given. Measure again on a quiet machine.")
