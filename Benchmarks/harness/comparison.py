"""The same job with every system in turn, and whether they agree."""

import json
import shutil
import sys

from harness import report
from harness.environment import BENCHMARKS
from harness.measure import Failure, median, run, warm
from harness.systems import STAGES


def compare(systems, source, work, runs, interpreter):
    """Runs `systems` in turn, `runs` times, from `source` into folders of `work`; gives what a
    report says, as plain values. A system that fails is named, and left out."""
    taken = {system.name: [] for system in systems}
    counts, failures = {}, {}
    for number in range(runs):
        for system in systems:
            if system.name in failures:
                continue
            output = work / system.name
            shutil.rmtree(output, ignore_errors=True)
            output.mkdir(parents=True)
            warm(source)
            try:
                stages, whole, counted = system.run(source, output)
            except Failure as failure:
                failures[system.name] = str(failure)
                del taken[system.name]
                print(f"bench: {system.name} failed: {failure}", file=sys.stderr)
                continue
            taken[system.name].append({**stages, "whole": whole})
            counts[system.name] = counted
            print(f"bench: run {number + 1} of {runs}, {system.name}: {whole.wall:.2f} s",
                  file=sys.stderr)
    outputs = [f"{name}={work / name}" for name in taken]
    _, said = run([interpreter, BENCHMARKS / "agree.py", *outputs], work)
    return {
        "results": json.loads(said),
        "counts": counts,
        "failures": failures,
        "systems": {
            name: {
                stage: report.figures([part[stage] for part in parts], median)
                for stage in (*STAGES, "whole")
            }
            for name, parts in taken.items()
        },
    }
