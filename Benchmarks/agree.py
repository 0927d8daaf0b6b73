"""Do all systems agree? agree.py NAME=FOLDER NAME=FOLDER …; runs in the peers' environment.

Compares row counts and exact sums of silver, every row of both aggregates, and the facts by day,
product and store with money in whole cents. The first system is what the others are held against.
Status 1, and what differs, when they do not agree.
"""

import json
import sqlite3
import sys
from pathlib import Path

import duckdb
import pyarrow.dataset
from deltalake import DeltaTable

SUMS = {
    "sales_lines": """SELECT count(*), count(DISTINCT business_date), count(DISTINCT event_id),
      sum(line_no), sum(quantity), sum(unit_price), sum(discount_amount), sum(tax_amount),
      sum(net_amount), sum(epoch_us(event_time)), sum(hash(event_id || '/' || sku)::HUGEINT)
      FROM data""",
    "voids": """SELECT count(*), sum(epoch_us(event_time)),
      sum(hash(event_id || '/' || original_transaction_id)::HUGEINT) FROM data""",
}
AGGREGATES = {
    "daily_store_sales": """SELECT business_date, store_id, transactions, units, net_sales,
      discounts, tax FROM data ORDER BY ALL""",
    "daily_product_sales": """SELECT business_date, sku, units, net_sales, stores
      FROM data ORDER BY ALL""",
}
FACTS = """
SELECT d.business_date, p.sku, s.store_id, count(*), sum(f.line_no),
  sum(CAST(round(f.quantity * 1000) AS INTEGER)), sum(CAST(round(f.unit_price * 100) AS INTEGER)),
  sum(CAST(round(f.discount_amount * 100) AS INTEGER)),
  sum(CAST(round(f.tax_amount * 100) AS INTEGER)), sum(CAST(round(f.net_amount * 100) AS INTEGER))
FROM fact_sales f
JOIN dim_date d ON d.date_key = f.date_key
LEFT JOIN dim_product p ON p.product_key = f.product_key
LEFT JOIN dim_store s ON s.store_key = f.store_key
GROUP BY f.date_key, f.product_key, f.store_key ORDER BY 1, 2, 3
"""


def dataset(folder):
    """A Delta table, or a folder of Parquet files where a system could not write Delta."""
    if (folder / "_delta_log").exists():
        return DeltaTable(folder).to_pyarrow_dataset()
    return pyarrow.dataset.dataset(folder, partitioning="hive", exclude_invalid_files=True)


def rows(folder, query):
    engine = duckdb.connect()
    engine.execute("SET threads = 2; SET TimeZone = 'UTC'")
    engine.register("data", dataset(folder))
    return [tuple(map(str, row)) for row in engine.execute(query).fetchall()]


def facts(file):
    database = sqlite3.connect(file)
    try:
        return database.execute(FACTS).fetchall()
    finally:
        database.close()


def difference(name, ours, theirs):
    if ours == theirs:
        return None
    missing, extra = (sorted(one - other, key=str)[:1] for one, other in (
        (set(ours), set(theirs)), (set(theirs), set(ours))))
    return (f"{name}: {len(ours)} rows against {len(theirs)}; "
            f"only first: {missing}, only here: {extra}")


def content(output):
    lake = output / "lake"
    return {
        **{name: rows(lake / "silver" / name, query) for name, query in SUMS.items()},
        **{name: rows(lake / "gold" / name, query) for name, query in AGGREGATES.items()},
        "fact_sales": facts(output / "warehouse.db"),
    }


def main(arguments):
    outputs = dict(argument.split("=", 1) for argument in arguments)
    contents = {name: content(Path(folder)) for name, folder in outputs.items()}
    first, *others = contents
    differences = [
        f"{other} and {first} differ in {text}"
        for other in others
        for table in contents[first]
        if (text := difference(table, contents[first][table], contents[other][table]))
    ]
    print("\n".join(differences), file=sys.stderr)
    sums = contents[first]["sales_lines"][0]
    print(json.dumps({
        "sales_lines": int(sums[0]), "events": int(sums[2]), "net_amount": sums[8],
        "voids": int(contents[first]["voids"][0][0]),
        "facts": sum(row[3] for row in contents[first]["fact_sales"]),
        "daily_store_sales": len(contents[first]["daily_store_sales"]),
        "daily_product_sales": len(contents[first]["daily_product_sales"]),
    }))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
