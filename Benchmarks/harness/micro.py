"""A thousand new events on a big lake, a thousand as tills send them, and one corrected event: what
all tools together take, by days of history."""

import datetime
import json
import shutil
import statistics

from harness.measure import Usage, warm
from harness.report import table

BATCHES = 5
MIXED = 2
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
    new, others = new[:BATCHES], new[BATCHES:]
    taken = [refresh(medallion, output, batch) for batch in new]
    mixed = [refresh(medallion, output, mix(batch, new[number], cut))
             for number, batch in enumerate(others)]
    corrected = refresh(medallion, output, correction(new[0], cut))
    return {
        **middle(taken),
        "mixed": middle(mixed),
        "corrected": {step: round(corrected[step].wall * 1000, 1) for step in STEPS},
    }


def middle(taken):
    """The middle of what some refreshes took, tool by tool and in all, in milliseconds."""
    totals = [sum(tools.values(), Usage()) for tools in taken]
    return {
        "tools": {
            step: round(statistics.median(tools[step].wall for tools in taken) * 1000, 1)
            for step in STEPS},
        "all": round(statistics.median(total.wall for total in totals) * 1000, 1),
        "cpu": round(statistics.median(total.cpu for total in totals) * 1000, 1),
        "peak": max(total.peak for total in totals),
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


def mix(batch, earlier, cut):
    """A file of the events of `batch` with, in place of four tenths of them, what tills say again of
    the events of the file `earlier`: the same, another quantity, another day, a void."""
    said_again = (None, *CHANGES)
    file = cut / f"mixed-{batch.name}"
    with open(batch) as lines, open(earlier) as others, open(file, "w") as mixed:
        for number, (line, other) in enumerate(zip(lines, others)):
            if number % 10 >= len(said_again):
                mixed.write(line)
                continue
            change = said_again[number % 10]
            mixed.write(json.dumps(change(json.loads(other))) + "\n" if change and sold(other)
                        else other)
    return file


def sold(line):
    """Whether the text is an event that sells something, which can be said otherwise."""
    try:
        event = json.loads(line)
        return event["event_type"] == "sale" and float(event["lines"][0]["quantity"]) > 0
    except (KeyError, IndexError, TypeError, ValueError):
        return False


def correct(event):
    event["lines"][0]["quantity"] = str(float(event["lines"][0]["quantity"]) + 1)
    return event


def redate(event):
    """The event a day later: of two times of one event the later counts."""
    day = datetime.date.fromisoformat(event["event_time"][:10]) + datetime.timedelta(days=1)
    event["event_time"] = day.isoformat() + event["event_time"][10:]
    return event


def void(event):
    head = {name: value for name, value in event.items() if name not in ("lines", "payments")}
    return {
        **head, "event_id": event["event_id"] + "-v", "event_type": "void",
        "transaction_id": event["transaction_id"] + "-v",
        "original_transaction_id": event["transaction_id"]}


CHANGES = (correct, redate, void)


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
            for _ in range(total - (BATCHES + MIXED) * EVENTS):
                kept.write(next(file))
        files = []
        for number in range(BATCHES + MIXED):
            files.append(cut / f"batch-{number + 1}.ndjson")
            with open(files[-1], "wb") as batch:
                for _ in range(EVENTS):
                    batch.write(next(file))
    return files


def text(found):
    rows = [["days of history", *STEPS, "all", "CPU"]]
    for step in found["history"]:
        for name, taken in ((str(step["days"]), step), ("as tills send", step["mixed"])):
            rows.append(
                [name, *(f"{taken['tools'][tool]:.0f} ms" for tool in STEPS),
                 f"{taken['all']:.0f} ms", f"{taken['cpu']:.0f} ms"])
        corrected = step["corrected"]
        rows.append(
            ["one corrected", *(f"{corrected[name]:.0f} ms" for name in STEPS),
             f"{sum(corrected.values()):.0f} ms", ""])
    return table(rows)
