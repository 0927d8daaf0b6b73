"""The facts of a lake that is there, into SQLite: facts.py SYSTEM LAKE ORDERS TARGET.

As DuckDB and Polars do it at the end of their whole job (`with_duckdb.py`, `with_polars.py`), but for
where silver comes from: the Delta tables, which delta-rs reads.
"""

import json
import sys
from pathlib import Path

import star


def duckdb(lake, products, stores):
    import duckdb
    import pyarrow
    from deltalake import DeltaTable

    import with_duckdb

    engine = duckdb.connect()
    engine.execute("SET threads = 2; SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
    for name, table in (("lines", "sales_lines"), ("voids", "voids")):
        engine.register(name, DeltaTable(lake / "silver" / table).to_pyarrow_dataset())
    for name, keys in (("products", products), ("stores", stores)):
        engine.register(
            name, pyarrow.table({"natural": list(keys), "key": list(keys.values())}))
    engine.execute(with_duckdb.KEPT)
    return engine, engine.sql(with_duckdb.FACTS).to_arrow_reader(with_duckdb.BATCH)


def polars(lake, products, stores):
    import polars as pl

    import with_polars

    lines, voids = (
        pl.scan_delta(str(lake / "silver" / table)) for table in ("sales_lines", "voids"))
    kept = with_polars.kept_of(lines, voids)
    return None, with_polars.batches(with_polars.facts_of(kept, products, stores))


def main(system, lake, orders, target):
    draft = target.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    # The engine lives as long as its rows are read.
    engine, facts = {"duckdb": duckdb, "polars": polars}[system](
        lake, *star.load_dimensions(draft, orders))
    print(json.dumps({"facts": star.load_facts(draft, facts, target)}), flush=True)
    del engine


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:5]))
