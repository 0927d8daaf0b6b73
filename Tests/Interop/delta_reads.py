"""Counts and sums of each table by delta-rs must equal those that lake-sql prints.

usage: delta_reads.py LAKE LAKE_SQL
"""

import datetime
import decimal
import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.compute as pc

from delta_tables import tables


def measures(schema):
    """The SQL of each figure to compare, with the function that finds the same in an Arrow table."""
    yield "count(*)", lambda table: table.num_rows
    for field in schema:
        name, kind = field.name, field.type
        yield f"count(`{name}`)", lambda table, n=name: pc.count(table[n]).as_py()
        if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
            yield f"sum(`{name}`)", lambda table, n=name: pc.sum(table[n]).as_py()
        elif not pa.types.is_boolean(kind) and not pa.types.is_nested(kind):
            yield f"min(`{name}`)", lambda table, n=name: pc.min(table[n]).as_py()
            yield f"max(`{name}`)", lambda table, n=name: pc.max(table[n]).as_py()


def plain(value):
    """One spelling of a value, whether it comes from Arrow or from a JSON line."""
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(decimal.Decimal(str(value)).normalize() + 0)
    return value


def printed(text, like):
    """A value that lake-sql printed, spelled as `plain` spells a value like the given one."""
    if text is None or like is None:
        return text
    if isinstance(like, datetime.datetime):
        return plain(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")))
    if isinstance(like, (int, float, decimal.Decimal)):
        return plain(decimal.Decimal(str(text)))
    return text


def main(lake, lake_sql):
    failures = 0
    found = list(tables(lake))
    if not found:
        sys.exit(f"interop: no Delta table under {lake}/silver or {lake}/gold; run make demo first")
    for name, delta in found:
        table = delta.to_pyarrow_table()
        figures = list(measures(table.schema))
        items = ", ".join(f"{sql} AS f{n}" for n, (sql, _) in enumerate(figures))
        output = subprocess.run(
            [lake_sql, "--lake", lake, "--format", "json", f"SELECT {items} FROM {name}"],
            check=True, stdout=subprocess.PIPE, text=True).stdout
        ours = json.loads(output)
        differing = 0
        for n, (sql, measure) in enumerate(figures):
            theirs = measure(table)
            if plain(theirs) != printed(ours[f"f{n}"], theirs):
                print(f"  {name}: {sql} is {ours[f'f{n}']} here, {theirs} in delta-rs")
                differing += 1
        failures += differing > 0
        print(f"  {'FAILED' if differing else 'ok':6} {name}: {table.num_rows} rows, "
              f"{len(figures)} figures, version {delta.version()}")
    sys.exit(1 if failures else 0)


main(*sys.argv[1:])
