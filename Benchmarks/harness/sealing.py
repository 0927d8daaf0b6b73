"""What sealed columns cost: the refresh of the sample with all personal columns sealed, and without."""

import re
import shutil
import subprocess

from harness.environment import HOUSE
from harness.measure import Usage, median, run
from harness.report import table

# Which columns of which tables tell persons, and whose they are.
SEALED = {
    "silver/customers.sql": {
        "silver.customers": ("email, first_name, last_name, phone, street, city, region, "
                             "postal_code", "customer_id"),
        "silver.customers_history": ("email, first_name, last_name, phone, street, city, region, "
                                     "postal_code", "customer_id"),
    },
    "silver/reward_members.sql": {
        "silver.reward_members": ("email", "loyalty_id"),
        "silver.reward_members_history": ("email", "loyalty_id"),
    },
    "gold/customer_360.sql": {
        "gold.customer_360": ("first_name, last_name, city, region, postal_code", "customer_id"),
    },
}


def sealing(bin, runs, work):
    """The usage of refreshes from raw files to gold, in turn."""
    found = {"plain": [], "sealed": []}
    for number in range(runs):
        for name in found:
            folder = work / f"sealing-{name}-{number}"
            found[name].append(refresh(bin, folder, name == "sealed"))
            shutil.rmtree(folder)
    usages = {name: median(taken) for name, taken in found.items()}
    return {name: vars(usage) for name, usage in usages.items()} | {
        "share": usages["sealed"].cpu / usages["plain"].cpu - 1}


def refresh(bin, folder, is_sealed):
    """Takes the sample in, then measures what silver and gold take."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HOUSE / "jobs", folder / "jobs")
    environment = {"MEDALLION_KEYS": str(folder / "keys")} if is_sealed else {}
    if is_sealed:
        for file, tables in SEALED.items():
            seal(folder / "jobs" / file, tables)
        run([bin / "lake-keys", "make"], folder, environment)
    for system in ("order", "rewards"):
        text = subprocess.run(
            ["zstd", "-dcq", folder / f"jobs/sample/{system}_db.sql.zst"], check=True,
            capture_output=True).stdout
        (folder / "sources").mkdir(exist_ok=True)
        name = "orders" if system == "order" else system
        subprocess.run(["sqlite3", folder / f"sources/{name}.db"], input=text, check=True)
    landing = folder / "landing/pos"
    landing.mkdir(parents=True)
    shutil.copy(folder / "jobs/sample/pos_events.ndjson.zst", landing)
    run([bin / "ingest-pos"], folder, environment)
    run([bin / "cdc-extract"], folder, environment)
    usage = Usage()
    for tool in ("bronze2silver", "silver2gold"):
        usage += run([bin / tool], folder, environment)[0]
    return usage


def seal(path, tables):
    """Has a job file seal columns of its tables."""
    text = path.read_text()
    for name, (columns, subject) in tables.items():
        start = re.search(rf"CREATE (STREAMING TABLE|MATERIALIZED VIEW) {re.escape(name)}\b", text)
        opening = text.index("TBLPROPERTIES (", start.end()) + len("TBLPROPERTIES (")
        text = (f"{text[:opening]}'seal' = '{columns}', 'seal.subject' = '{subject}', "
                f"{text[opening:]}")
    path.write_text(text)


def text(found):
    rows = [["refresh of the sample", "CPU", "wall"]]
    for name in ("plain", "sealed"):
        rows.append([name, f"{found[name]['cpu']:.2f} s", f"{found[name]['wall']:.2f} s"])
    if not found["quiet"]:
        return table(rows)
    return f"{table(rows)}\n\nsealing takes {found['share']:.1%} more CPU"
