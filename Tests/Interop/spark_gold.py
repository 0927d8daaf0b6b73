"""Plain Spark runs the SELECT of each gold job over our silver files and must find our gold rows.

usage: spark_gold.py LAKE JOBS WAREHOUSE

No Delta connector is needed: delta-rs says which Parquet files are the table, Spark reads those.
"""

import pathlib
import sys
import urllib.parse

from pyspark.sql import SparkSession, functions

from delta_tables import tables
from job_files import materialized_views


def frame(spark, delta):
    """The rows of a Delta table as a data frame; partition values come from the log."""
    root = pathlib.Path(delta.table_uri.removeprefix("file://"))
    fields = [(field.name, field.type.type) for field in delta.schema().fields]
    partitions = delta.metadata().partition_columns
    files = delta.get_add_actions(flatten=True)
    rows = [{name: files.column(name)[n].as_py() for name in files.column_names
             if name == "path" or name.startswith("partition.")} for n in range(files.num_rows)]
    if not rows:
        schema = ", ".join(f"`{name}` {kind}" for name, kind in fields)
        return spark.createDataFrame([], schema)
    paths = [urllib.parse.unquote(row["path"]) for row in rows]
    data = spark.read.parquet(*[str(root / path) for path in paths])
    if partitions:
        values = [(path.rsplit("/", 1)[-1], *(
            None if row[f"partition.{name}"] is None else str(row[f"partition.{name}"])
            for name in partitions)) for path, row in zip(paths, rows)]
        schema = ", ".join(["__file STRING", *(f"`{name}` STRING" for name in partitions)])
        data = (data.drop(*partitions)
                .withColumn("__file", functions.col("_metadata.file_name"))
                .join(functions.broadcast(spark.createDataFrame(values, schema)), "__file"))
    return data.select(*[functions.col(f"`{name}`").cast(kind).alias(name)
                         for name, kind in fields])


def publish(data, name):
    data.write.mode("overwrite").saveAsTable(name)


def main(lake, jobs, warehouse):
    spark = (SparkSession.builder.master("local[*]")
             .config("spark.ui.enabled", "false")
             .config("spark.ui.showConsoleProgress", "false")
             .config("spark.sql.session.timeZone", "UTC")
             .config("spark.sql.shuffle.partitions", "8")
             .config("spark.driver.memory", "2g")
             .config("spark.sql.warehouse.dir", warehouse)
             .getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    lake_tables = dict(tables(lake))
    for schema in ("silver", "gold"):
        spark.sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for name, delta in lake_tables.items():
        if name.startswith("silver."):
            publish(frame(spark, delta), name)
    failures = 0
    for name, query in materialized_views(pathlib.Path(jobs, "gold")).items():
        publish(spark.sql(query), name)
        theirs = spark.table(name)
        ours = frame(spark, lake_tables[name])
        problems = []
        if dict(theirs.dtypes) != dict(ours.dtypes):
            problems.append(f"columns are {ours.dtypes} here, {theirs.dtypes} in Spark")
        else:
            ours = ours.select(*[f"`{column}`" for column in theirs.columns]).cache()
            problems += [f"only in {side}: {row.asDict()}" for side, rows in (
                ("Spark", theirs.exceptAll(ours)), ("the lake", ours.exceptAll(theirs))
            ) for row in rows.take(3)]
        failures += bool(problems)
        print(f"  {'FAILED' if problems else 'ok':6} {name}: {theirs.count()} rows", flush=True)
        for problem in problems:
            print(f"    {problem}", flush=True)
    sys.exit(1 if failures else 0)


main(*sys.argv[1:])
