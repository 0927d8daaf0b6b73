"""What was measured, as text for people and as plain values for JSON."""

import os
import platform
import time

TITLES = {"medallion": "Medallion", "duckdb": "DuckDB", "polars": "Polars", "pyspark": "PySpark"}
LABELS = {
    "raw": "raw copy", "silver": "silver lines", "gold": "gold aggregates",
    "warehouse": "warehouse", "whole": "all",
}


def figures(usages, middle):
    """Median, least and most of what some runs took."""
    typical = middle(usages)
    return {
        "wall": round(typical.wall, 4), "cpu": round(typical.cpu, 4), "peak": int(typical.peak),
        "wall_range": [round(pick(usage.wall for usage in usages), 4) for pick in (min, max)],
    }


def machine():
    """Where it was measured."""
    model = next(
        (line.partition(":")[2].strip() for line in open("/proc/cpuinfo")
         if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": model, "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30), "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "load_before": round(os.getloadavg()[0], 1),
    }


def seconds(value):
    return f"{value:.2f} s" if value < 99.5 else f"{value:.0f} s"


def memory(value):
    return f"{value / 1e6:,.0f} MB"


def times(value, of, found):
    """How often `of` goes into `value`; nothing is said of that where the machine was busy."""
    return f"{value / of:.2f}" if found["quiet"] else "-"


def table(rows):
    """Rows of cells as a Markdown table; numbers stand to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(cells):
        aligned = [cells[0].ljust(widths[0])]
        aligned += [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:])]
        return "| " + " | ".join(aligned) + " |"

    rule = "| " + " | ".join(
        ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]) + " |"
    return "\n".join([line(rows[0]), rule] + [line(row) for row in rows[1:]])


def comparison_text(comparison):
    """The comparison's tables: wall and CPU time a stage, peak memory, and how we stand."""
    systems = comparison["systems"]
    names = list(systems)
    titles = [TITLES.get(name, name) for name in names]
    peers = [name for name in names if name != "medallion"]
    compares = "medallion" in systems and bool(peers)
    head = ["wall (CPU)", *titles] + (["best peer / ours"] if compares else [])
    rows = [head]
    for stage, label in LABELS.items():
        row = [label]
        for name in names:
            part = systems[name][stage]
            row.append(f"{seconds(part['wall'])} ({seconds(part['cpu'])})")
        if compares:
            best = min(systems[name][stage]["wall"] for name in peers)
            row.append(times(best, systems["medallion"][stage]["wall"], comparison))
        rows.append(row)
    spread = [[seconds(wall) for wall in systems[name]["whole"]["wall_range"]] for name in names]
    if comparison["runs"] > 1:
        rows.append(["least to most", *map(" to ".join, spread)] + ([""] if compares else []))
    peaks = ["peak memory"] + [memory(systems[name]["whole"]["peak"]) for name in names]
    if compares:
        least = min(systems[name]["whole"]["peak"] for name in peers)
        peaks.append(f"{least / systems['medallion']['whole']['peak']:.2f}")
    rows.append(peaks)
    results = comparison["results"]
    found = (f"All agree: {results['sales_lines']:,} lines of {results['events']:,} events, "
             f"{results['voids']:,} voids, {results['facts']:,} facts, "
             f"net {results['net_amount']}.")
    failed = [f"{TITLES.get(name, name)} failed: {words.splitlines()[-1]}"
              for name, words in comparison["failures"].items()]
    measured = (f"{comparison['events']:,} events of {comparison['days']} days, "
                f"median of {comparison['runs']} runs in turn, two cores.")
    return "\n\n".join([measured, table(rows), found, *failed])
