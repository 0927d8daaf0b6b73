"""The same job with every system in turn, and whether they agree."""

import json
import shutil
import sys

from harness import report
from harness.environment import BENCHMARKS
from harness.measure import median, run, warm
from harness.systems import STAGES


def compare(systems, source, work, runs, interpreter):
    """Runs `systems` in turn, `runs` times, from `source` into folders of `work`; gives what a
    report says, as plain values."""
    taken = {system.name: [] for system in systems}
    counts = {}
    for number in range(runs):
        for system in systems:
            output = work / system.name
            shutil.rmtree(output, ignore_errors=True)
            output.mkdir(parents=True)
            warm(source)
            stages, whole, counted = system.run(source, output)
            taken[system.name].append({**stages, "whole": whole})
            counts[system.name] = counted
            print(f"bench: run {number + 1} of {runs}, {system.name}: {whole.wall:.2f} s",
                  file=sys.stderr)
    outputs = [f"{system.name}={work / system.name}" for system in systems]
    _, said = run([interpreter, BENCHMARKS / "agree.py", *outputs], work)
    return {
        "results": json.loads(said),
        "counts": counts,
        "systems": {
            name: {
                stage: report.figures([part[stage] for part in parts], median)
                for stage in (*STAGES, "whole")
            }
            for name, parts in taken.items()
        },
    }
