"""The warehouse alone, in SQLite and on a PostgreSQL server: a fresh load beside a plain bulk insert
of the same rows, then a thousand new events and one corrected event, with a tenth of the events and
with all; and a dimension of which every member changes."""

import json
import shutil
import statistics
import sys

from harness import micro
from harness.environment import PEERS
from harness.measure import Failure, run, warm
from harness.report import TITLES, seconds, table, times
from harness.stores import check, stores

GRAIN = "transaction_id, line_no, event_id"
FACTS = ("SELECT count(*), CAST(sum(round(net_amount * 100)) AS BIGINT), "
         "CAST(sum(round(quantity * 1000)) AS BIGINT), sum(product_key) FROM fact_sales")
MEMBERS = ("SELECT count(*), count(DISTINCT member_durable_key), sum(member_key) "
           "FROM dim_member WHERE member_key > 0")

JOBS = {
    "setup.sql": """
CREATE SCHEMA IF NOT EXISTS bronze;
CREATE SCHEMA IF NOT EXISTS silver;
CREATE SCHEMA IF NOT EXISTS warehouse;
CREATE TABLE bronze.members (member_id STRING, name STRING, city STRING, tier STRING,
  changed_at STRING) USING json LOCATION 'members';
""",
    "spark-pipeline.yml": "name: bench\nlibraries:\n  - glob: {include: silver/**}\n"
                          "  - glob: {include: warehouse/**}\n",
    "silver/members.sql": """
CREATE TEMPORARY VIEW typed_members AS
SELECT member_id, name, city, tier, try_cast(changed_at AS TIMESTAMP) AS changed_at
FROM STREAM(bronze.members);
CREATE STREAMING TABLE silver.members_history;
CREATE FLOW members_flow AS AUTO CDC INTO silver.members_history FROM STREAM(typed_members)
KEYS (member_id) SEQUENCE BY changed_at COLUMNS * EXCEPT (changed_at) STORED AS SCD TYPE 2;
""",
    "warehouse/dim_member.sql": """
CREATE MATERIALIZED VIEW warehouse.dim_member
TBLPROPERTIES ('dimension' = 'scd2', 'key' = 'member_id', 'track' = 'city, tier') AS
SELECT member_id, name, city, tier, __START_AT AS valid_from, __END_AT AS valid_to
FROM silver.members_history;
""",
}


def warehouse(medallion, business, scale, days, interpreter, systems, work):
    """What loads take with a tenth of `scale` events, and with all."""
    found = {"facts": [], "members": []}
    # The last day has twice what is held back.
    least = (micro.BATCHES + micro.MIXED) * micro.EVENTS * 2
    for size in sorted({max(scale // 10, least), max(scale, least)}):
        source = business.input(size, max(1, min(days, size // least)))
        found["facts"].append(facts(medallion, source, interpreter, systems, work))
        found["facts"][-1]["events"] = size
    for count in sorted({max(scale // 10, 1), scale}):
        found["members"].append(members(medallion, count, work))
    return found


def facts(medallion, source, interpreter, systems, work):
    """A lake with all but the last events, loaded anew; then those in batches."""
    output, cut = work / "warehouse", work / "warehouse-input"
    for folder in (output, cut):
        shutil.rmtree(folder, ignore_errors=True)
    output.mkdir(parents=True)
    batches = micro.hold_back(source, cut)
    warm(cut)
    medallion.prepare(cut, output)
    for tool in ("ingest-pos", "cdc-extract", "bronze2silver"):
        medallion.tool(tool, output)
    places = stores(output)
    try:
        found = {name: fresh(medallion, output, place) for name, place in places.items()}
        found["peers"] = {
            system: peer(system, interpreter, cut, output, places["SQLite"])
            for system in systems}
        taken = [refresh(medallion, output, places, batch) for batch in batches]
        corrected = refresh(medallion, output, places, micro.correction(batches[0], cut))
        for name in places:
            found[name]["thousand"] = statistics.median(each[name] for each in taken)
            found[name]["corrected"] = corrected[name]
        return found
    finally:
        for place in places.values():
            place.stop()


def load(medallion, tool, output, place):
    return medallion.tool(tool, output, "--warehouse", place.address)


def fresh(medallion, output, place):
    load(medallion, "load-dims", output, place)
    usage = load(medallion, "load-facts", output, place)
    count = place.rows(FACTS)[0][0]
    return {"rows": count, "wall": usage.wall, "cpu": usage.cpu, "peak": usage.peak,
            "floor": place.floor("fact_sales", GRAIN)}


def peer(system, interpreter, cut, output, place):
    """Seconds in which a peer loads the same facts into SQLite; it must come to the same rows."""
    target = output / f"{system}.db"
    usage, said = run(
        [interpreter, PEERS / "facts.py", system, output / "lake", cut / "orders.db", target],
        output, {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore",
                 "POLARS_MAX_THREADS": "2"})
    told = json.loads(said.splitlines()[-1])
    check("facts", {"ours": place.rows(FACTS)[0][0], system: told["facts"]})
    return {"wall": usage.wall, "cpu": usage.cpu, "peak": usage.peak}


def refresh(medallion, output, places, batch):
    """Seconds that load-facts takes for a file of events, by database."""
    medallion.tool("ingest-pos", output, batch)
    medallion.tool("bronze2silver", output)
    taken = {}
    for name, place in places.items():
        load(medallion, "load-dims", output, place)
        taken[name] = load(medallion, "load-facts", output, place).wall
    check("facts", {name: place.rows(FACTS) for name, place in places.items()})
    return taken


def members(medallion, count, work):
    """A dimension of so many members, filled, then with a change of each, then with one."""
    output = work / "members"
    shutil.rmtree(output, ignore_errors=True)
    for folder in ("silver", "warehouse"):
        (output / "jobs" / folder).mkdir(parents=True)
    for name, text in JOBS.items():
        (output / "jobs" / name).write_text(text)
    places = stores(output)
    try:
        found = {"count": count, **{name: {} for name in places}}
        for step, changed in (("filled", count), ("changed", count), ("one", 1)):
            deliver(medallion, output, step, changed)
            for name, place in places.items():
                usage = tool(medallion, "load-dims", output, "--warehouse", place.address)
                found[name][step] = usage.wall
                found[name]["peak"] = max(found[name].get("peak", 0), usage.peak)
        check("members", {name: place.rows(MEMBERS) for name, place in places.items()})
        for name, place in places.items():
            rows, members, _ = place.rows(MEMBERS)[0]
            if (rows, members) != (2 * count + 1, count):
                raise Failure(f"{name} has {rows} versions of {members} members")
            found[name]["floor"] = place.floor("dim_member", "member_id, valid_from")
        return found
    finally:
        for place in places.values():
            place.stop()


def deliver(medallion, output, step, count):
    """Has silver know a change of the first `count` members."""
    month = {"filled": "01", "changed": "02", "one": "03"}[step]
    file = output / f"{step}.json"
    with open(file, "w") as lines:
        for number in range(count):
            lines.write(
                f'{{"member_id":"M{number:08}","name":"member {number}",'
                f'"city":"{step} {number % 997}","tier":"basic",'
                f'"changed_at":"2026-{month}-01T00:00:00Z"}}\n')
    tool(medallion, "ingest-files", output, "members", file)
    tool(medallion, "bronze2silver", output)


def tool(medallion, name, output, *operands):
    environment = {**medallion.environment(output), "MEDALLION_JOBS": str(output / "jobs")}
    return run([medallion.bin / name, *operands], output, environment)[0]


def text(found):
    """The tables: facts by number of events, members by their number."""
    names = [name for name in found["facts"][0] if name in ("SQLite", "PostgreSQL")]
    peers = list(found["facts"][0]["peers"])
    rows = [["facts", "database", "fresh load", "bulk insert", "times", "1,000 events",
             "one corrected", *(TITLES[peer] for peer in peers)]]
    for step in found["facts"]:
        for name in names:
            taken = step[name]
            others = [seconds(step["peers"][peer]["wall"]) if name == "SQLite" else ""
                      for peer in peers]
            rows.append([
                f"{taken['rows']:,}", name, seconds(taken["wall"]), seconds(taken["floor"]),
                times(taken["wall"], taken["floor"], found), f"{taken['thousand'] * 1000:.0f} ms",
                f"{taken['corrected'] * 1000:.0f} ms", *others])
    dimension = [["members", "database", "filled", "each changed", "bulk insert", "times",
                  "one changed"]]
    for step in found["members"]:
        for name in names:
            taken = step[name]
            dimension.append([
                f"{step['count']:,}", name, seconds(taken["filled"]), seconds(taken["changed"]),
                seconds(taken["floor"]), times(taken["changed"], taken["floor"], found),
                f"{taken['one'] * 1000:.0f} ms"])
    return f"{table(rows)}\n\n{table(dimension)}"


def peers(systems):
    """Those of `systems` that load facts beside us."""
    chosen = [name for name in systems.split(",") if name in ("duckdb", "polars")]
    if not chosen:
        print("bench: no peer beside us", file=sys.stderr)
    return chosen
