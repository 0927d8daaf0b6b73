"""A thousand new events on a big lake, and one corrected event: what all tools together take, by
days of history."""

import json
import shutil
import statistics

from harness.measure import Usage, warm
from harness.report import table

BATCHES = 7
EVENTS = 1_000
STEPS = ("ingest-pos", "bronze2silver", "silver2gold", "load-dims", "load-facts")


def micro(medallion, business, scale, history, work):
    """For each number of days in `history`: a lake with `scale` events of so many days, then the
    last of them in batches, one refresh each."""
    return {"history": [
        {"days": days, **batches(medallion, business.input(scale, days), work)}
        for days in history]}


def batches(medallion, source, work):
    """Milliseconds of each tool for a batch, the middle of some."""
    output, cut = work / "micro", work / "micro-input"
    for folder in (output, cut):
        shutil.rmtree(folder, ignore_errors=True)
    output.mkdir(parents=True)
    new = hold_back(source, cut)
    warm(cut)
    medallion.run(cut, output)
    taken = [refresh(medallion, output, batch) for batch in new]
    corrected = refresh(medallion, output, correction(new[0], cut))
    middles = {
        step: round(statistics.median(tools[step].wall for tools in taken) * 1000, 1)
        for step in STEPS}
    totals = [sum(tools.values(), Usage()) for tools in taken]
    return {
        "tools": middles,
        "all": round(statistics.median(total.wall for total in totals) * 1000, 1),
        "cpu": round(statistics.median(total.cpu for total in totals) * 1000, 1),
        "peak": max(total.peak for total in totals),
        "corrected": {step: round(corrected[step].wall * 1000, 1) for step in STEPS},
    }


def refresh(medallion, output, batch):
    """What each tool takes for a file of events."""
    return {
        step: medallion.tool(step, output, *([batch] if step == "ingest-pos" else []))
        for step in STEPS}


def correction(batch, cut):
    """A file with one event of `batch` sent again with another quantity."""
    file = cut / "corrected.ndjson"
    with open(batch, "rb") as lines:
        for line in lines:
            event = json.loads(line)
            if event.get("lines"):
                event["lines"][0]["quantity"] = float(event["lines"][0]["quantity"]) + 1
                break
    file.write_text(json.dumps(event) + "\n")
    return file


def hold_back(source, cut):
    """Makes the folder `cut` like `source`, but for the end of the last day; gives the files that
    hold this end, a thousand lines each."""
    (cut / "events").mkdir(parents=True)
    (cut / "orders.db").symlink_to(source / "orders.db")
    *days, last = sorted((source / "events").iterdir())
    for day in days:
        (cut / "events" / day.name).symlink_to(day)
    with open(last, "rb") as file:
        total = sum(1 for _ in file)
        file.seek(0)
        with open(cut / "events" / last.name, "wb") as kept:
            for _ in range(total - BATCHES * EVENTS):
                kept.write(next(file))
        files = []
        for number in range(BATCHES):
            files.append(cut / f"batch-{number + 1}.ndjson")
            with open(files[-1], "wb") as batch:
                for _ in range(EVENTS):
                    batch.write(next(file))
    return files


def text(found):
    rows = [["days of history", *STEPS, "all", "CPU"]]
    for step in found["history"]:
        rows.append(
            [str(step["days"]), *(f"{step['tools'][name]:.0f} ms" for name in STEPS),
             f"{step['all']:.0f} ms", f"{step['cpu']:.0f} ms"])
        corrected = step["corrected"]
        rows.append(
            ["one corrected", *(f"{corrected[name]:.0f} ms" for name in STEPS),
             f"{sum(corrected.values()):.0f} ms", ""])
    return table(rows)
