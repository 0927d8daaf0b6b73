"""Whether the time for an event stays the same as there are more of them."""

import shutil

from harness.measure import warm
from harness.report import memory, seconds, table


def scaling(medallion, business, scales, days, work):
    """The whole job at each of `scales`, by stage."""
    found = []
    for scale in scales:
        source = business.input(scale, days)
        output = work / "scaling"
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir(parents=True)
        warm(source)
        stages, whole, _ = medallion.run(source, output)
        found.append({
            "events": scale,
            "wall": round(whole.wall, 3), "cpu": round(whole.cpu, 3), "peak": whole.peak,
            "microseconds_an_event": round(whole.wall / scale * 1e6, 3),
            "stages": {name: round(usage.wall, 3) for name, usage in stages.items()},
        })
    return {"scales": found}


def text(found):
    stages = list(found["scales"][0]["stages"])
    rows = [["events", *stages, "all", "an event", "peak memory"]]
    for step in found["scales"]:
        rows.append(
            [f"{step['events']:,}", *(seconds(step["stages"][name]) for name in stages),
             seconds(step["wall"]), f"{step['microseconds_an_event']:.2f} µs",
             memory(step["peak"])])
    return table(rows)
