"""Tables that were optimised, vacuumed, restored, copied and had their changes recorded are read by
others as by us; a table for other writers is written by delta-rs and by us in turn.

usage: kept_tables.py FOLDER_OF_TOOLS
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile

import duckdb
import deltalake
import polars
import pyarrow as pa

JOB = """CREATE STREAMING TABLE silver.parts TBLPROPERTIES (%s);
CREATE FLOW parts_flow AS AUTO CDC INTO silver.parts FROM STREAM(bronze.p)
KEYS (part) APPLY AS DELETE WHEN gone SEQUENCE BY at COLUMNS * EXCEPT (gone) STORED AS SCD TYPE 1;
"""
SETUP = """CREATE TABLE bronze.p (part STRING, day DATE, qty INT, at INT, gone BOOLEAN)
USING csv OPTIONS (header 'true') LOCATION 'shop/p';
"""
PIPELINE = 'name: s\nlibraries: [{glob: {include: "silver/**"}}]\n'
TABLE = "lake/silver/parts"
failures = 0


class Site:
    """A lake of its own, with the tools that keep it."""

    def __init__(self, tools, properties):
        self.tools = tools
        self.day = 1
        os.makedirs("jobs/silver")
        for path, text in [("jobs/spark-pipeline.yml", PIPELINE), ("jobs/setup.sql", SETUP),
                           ("jobs/silver/parts.sql", JOB % properties)]:
            with open(path, "w") as file:
                file.write(text)

    def run(self, tool, *arguments):
        now = f"2026-{self.day // 28 + 1:02}-{self.day % 28 + 1:02}T06:00:00Z"
        done = subprocess.run(
            [os.path.join(self.tools, tool), *arguments], text=True, capture_output=True,
            env={**os.environ, "MEDALLION_NOW": now})
        if done.returncode:
            sys.exit(f"interop: {tool} {arguments} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def take(self, name, *rows):
        self.day += 1
        with open(f"{name}.csv", "w") as file:
            file.write("\n".join(["part,day,qty,at,gone", *rows]) + "\n")
        self.run("ingest-files", "bronze.p", f"{name}.csv")
        self.run("bronze2silver")

    def rows(self, query):
        return ordered(json.loads(line) for line in self.run("lake-sql", query).splitlines())


def ordered(rows):
    """Rows as sorted texts, whatever types they came in."""
    return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)


def expect(what, ours, theirs):
    global failures
    if ours != theirs:
        failures += 1
        print(f"  FAILED {what}: {ours} here, {theirs} there")
    else:
        print(f"  ok     {what}: {len(ours)} rows")


def compare(site, what, path=TABLE, with_polars=True):
    """All rows of a table, by each of the others."""
    path = os.path.abspath(path)
    ours = site.rows(f"SELECT part, day, qty, at FROM delta.`{path}`")
    table = deltalake.DeltaTable(path)
    expect(f"{what}, delta-rs", ours, ordered(
        pa.table(deltalake.QueryBuilder().register("t", table)
                 .execute("SELECT part, day, qty, at FROM t").read_all()).to_pylist()))
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    try:
        import duckdb_extensions
        duckdb_extensions.import_extension("delta")
    except (ImportError, AttributeError):
        connection.execute("INSTALL delta")
    connection.execute("LOAD delta")
    expect(f"{what}, DuckDB", ours, ordered(
        connection.execute(f"SELECT part, day, qty, \"at\" FROM delta_scan('{path}')")
        .to_arrow_table().to_pylist()))
    # Polars looks for a file with an absolute path below the table's folder.
    if path.endswith("/copy") or not with_polars:
        return
    expect(f"{what}, Polars", ours, ordered(
        polars.read_delta(path).select("part", "day", "qty", "at").to_dicts()))


def compare_changes(site, what, first):
    columns = ["part", "day", "qty", "at", "_change_type", "_commit_version"]
    ours = site.rows(f"SELECT {', '.join(columns)} FROM table_changes('silver.parts', {first})")
    table = deltalake.DeltaTable(os.path.abspath(TABLE))
    changes = pa.table(table.load_cdf(starting_version=first, allow_out_of_range=True))
    expect(what, ours, ordered(changes.select(columns).to_pylist()))


def keep(tools):
    site = Site(tools, "'partition.by' = 'day', 'delta.enableChangeDataFeed' = 'true', "
                       "'delta.constraints.some' = 'qty >= 0'")
    site.take("one", "a,2026-01-01,1,1,false", "b,2026-01-01,2,1,false", "c,2026-01-02,3,1,false")
    site.take("two", "b,2026-01-01,5,2,false", "c,2026-01-02,3,2,true", "d,2026-01-03,4,2,false")
    site.take("three", "e,2026-01-03,1,3,false")
    compare(site, "written")
    compare_changes(site, "changes, delta-rs", 0)
    site.run("lake-optimize")
    compare(site, "optimised")
    compare_changes(site, "changes of optimised, delta-rs", 0)
    site.run("lake-restore", "silver.parts", "--version", "1")
    compare(site, "restored")
    compare_changes(site, "changes of restored, delta-rs", 4)
    site.run("lake-log", "clone", "silver.parts@0", "copy")
    compare(site, "copied", "copy")
    site.day += 40
    site.take("four", "f,2026-01-02,1,4,false")
    site.run("lake-vacuum", "--delete")
    compare(site, "vacuumed")
    compare(site, "copied, after a vacuum", "copy")


def mark(tools):
    """Rows of a large file that change and go are marked."""
    site = Site(tools, "'delta.enableDeletionVectors' = 'true', 'delta.checkpointInterval' = '3'")
    names = [hashlib.md5(str(number).encode()).hexdigest() for number in range(40_000)]
    site.take("one", *(f"{name},2026-01-01,{number % 97},1,false"
                       for number, name in enumerate(names)))
    site.take("two", *(f"{name},2026-01-01,1,2,true" for name in names[::11]))
    site.take("three", *(f"{name},2026-01-02,{number % 89},3,false"
                         for number, name in enumerate(names[1::13])))
    site.take("four", f"{names[2]},2026-01-01,1,4,true")
    with open(f"{TABLE}/_delta_log/{2:020}.json") as log:
        if '"deletionVector":{"storageType":"u"' not in log.read():
            sys.exit("interop: no row was marked")
    compare(site, "with marked rows")
    site.run("lake-optimize")
    compare(site, "with marked rows, optimised")


def point(tools):
    """Checkpoints of version 2, which Polars does not read; the commits before the last are gone."""
    site = Site(tools, "'delta.enableDeletionVectors' = 'true', 'delta.checkpointPolicy' = 'v2', "
                       "'delta.checkpointInterval' = '1'")
    for number in range(5):
        site.take(f"n{number}", f"a{number},2026-01-01,{number},{number},false",
                  f"b,2026-01-01,{number},{number},false")
    log = f"{TABLE}/_delta_log"
    last = max(name for name in os.listdir(log) if name.endswith(".checkpoint.parquet"))
    for name in os.listdir(log):
        if name[:20].isdigit() and name < last[:20]:
            os.remove(f"{log}/{name}")
    compare(site, "with checkpoints of version 2", with_polars=False)


def rename(tools):
    """Columns that files know by names of their own; Polars looks for them by those of the table."""
    site = Site(tools, "")
    view = ("CREATE TEMPORARY VIEW named AS SELECT part, day, %s, at, gone "
            "FROM STREAM(bronze.p);\n" + JOB.replace("STREAM(bronze.p)", "STREAM(named)"))
    mapped = ("'delta.columnMapping.mode' = 'name', "
              "'delta.checkpointInterval' = '2'")

    def job(columns, properties):
        with open("jobs/silver/parts.sql", "w") as file:
            file.write(view % (columns, properties))

    job("qty AS amount, at AS spare", mapped)
    site.take("one", "a,2026-01-01,1,1,false", "b,2026-01-02,2,1,false")
    files = sorted(os.listdir(TABLE))
    job("qty", mapped + ", 'rename.amount' = 'qty', 'drop.columns' = 'spare'")
    site.run("bronze2silver")
    if sorted(os.listdir(TABLE)) != files:
        sys.exit("interop: a column was renamed, and files were written")
    compare(site, "a column renamed and another dropped", with_polars=False)
    site.take("two", "b,2026-01-02,5,2,false", "c,2026-01-02,3,2,false")
    compare(site, "with rows since", with_polars=False)
    site.run("lake-optimize")
    compare(site, "with mapped columns, optimised", with_polars=False)


def share(tools):
    site = Site(tools, "'writers' = 'open'")
    site.take("one", "a,2026-01-01,1,1,false")
    theirs = deltalake.DeltaTable(os.path.abspath(TABLE)).schema().to_arrow()
    rows = pa.Table.from_pylist([{"part": "z", "day": None, "qty": 9, "at": 1}])
    rows = rows.select(["part", "day", "qty", "at"]).cast(pa.schema(theirs))
    deltalake.write_deltalake(os.path.abspath(TABLE), rows, mode="append")
    compare(site, "written by delta-rs too")
    site.take("two", "b,2026-01-01,2,2,false", "z,2026-01-02,8,2,false")
    compare(site, "and by us again")


TOOLS = os.path.abspath(sys.argv[1])
for part in (keep, mark, point, rename, share):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        part(TOOLS)
        os.chdir("/")
sys.exit(1 if failures else 0)
