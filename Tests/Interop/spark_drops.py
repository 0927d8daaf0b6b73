"""Reads partners' files that ingest-files took, with Spark and with lake-sql, by one setup.sql.

    spark_drops.py TOOLS     the folder of the built tools

Makes files in several encodings and spellings, some with bad records, has them taken, and compares
what Spark makes of bronze with what lake-sql does.
"""

import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from pyspark.sql import SparkSession

SETUP = """
CREATE SCHEMA IF NOT EXISTS bronze LOCATION '../lake/bronze';
CREATE TABLE bronze.german (id STRING, amount DECIMAL(12,2), note STRING) USING csv
  OPTIONS (header 'true', sep ';', locale 'de-DE', encoding 'ISO-8859-1') LOCATION 'x/german'
  TBLPROPERTIES ('ingest.trailer' = 'T, rows, sum(amount)');
CREATE TABLE bronze.french (id STRING, amount DECIMAL(12,2), note STRING) USING csv
  OPTIONS (header 'true', sep ';', locale 'fr-FR') LOCATION 'x/french';
CREATE TABLE bronze.wide (id STRING, qty INT, note STRING) USING csv
  OPTIONS (header 'true', sep '\\t', encoding 'UTF-16', multiLine 'true') LOCATION 'x/wide';
CREATE TABLE bronze.quoted (id STRING, at TIMESTAMP, day DATE, note STRING) USING csv
  OPTIONS (header 'true', multiLine 'true', escape '"') LOCATION 'x/quoted'
  TBLPROPERTIES ('ingest.drift' = 'quarantine');
CREATE TABLE bronze.lines (id STRING, qty INT, items ARRAY<STRUCT<sku: STRING, price: STRING>>)
  USING json LOCATION 'x/lines' TBLPROPERTIES ('ingest.drift' = 'quarantine');
"""

GERMAN = "id;amount;note\n1;1.234,50;Straße\n2;-0,5;\n3;7;zu;viel\n4;12;\"a;b\"\nT;4;1.253\n"
FILES = {
    "german": [("german.csv", GERMAN.encode("latin-1"))],
    "french": [("french.csv", "id;amount;note\n1;1\u202f234,5;été\n2;,25;x\n".encode()),
               ("french.csv.gz", gzip.compress("id;amount;note\n3;8;y\n".encode()))],
    "wide": [("wide.csv", "id\tqty\tnote\n1\t2\tgrün €\n2\tx\tbad\n3\t4\t\"a\nb\"\n".encode("utf-16"))],
    "quoted": [("quoted.csv", b"\xef\xbb\xbfid,at,day,note\r\n1,2026-01-02T03:04:05Z,2026-01-02,"
                b"\"two\r\nlines, \"\"quoted\"\"\"\r\n2,,,\"\"\r\n3,noon,,x\r\n4,short\r\n"),
               ("other.csv", b"id,at,day,note,more\n9,,,x,y\n")],
    "lines": [("lines.json", b'{"id":"1","qty":2,"items":[{"sku":"a","price":1.50}]}\nnope\n'
               b'{"id":2,"qty":null}\n{"id":"3","qty":"x"}\n{"id":"4","extra":1}\n')],
}
SET_ASIDE = {"german": 1, "french": 0, "wide": 1, "quoted": 3, "lines": 3}


def run(tool, *arguments):
    done = subprocess.run([f"{sys.argv[1]}/{tool}", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"interop: {tool} {arguments}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    os.chdir(tempfile.mkdtemp())
    for folder in ["jobs/silver", "drops"]:
        pathlib.Path(folder).mkdir(parents=True)
    pathlib.Path("jobs/setup.sql").write_text(SETUP)
    pathlib.Path("jobs/spark-pipeline.yml").write_text(
        "name: drops\nlibraries:\n  - glob: {include: silver/**}\n")
    for table, files in FILES.items():
        for name, data in files:
            pathlib.Path("drops", name).write_bytes(data)
        run("ingest-files", "--max-rejects", "90", table, *[f"drops/{name}" for name, _ in files])
    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
             .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    for statement in SETUP.split(";\n"):
        if statement.strip():
            spark.sql(statement)
    failures = 0
    for table in FILES:
        query = f"SELECT to_json(struct(*)) AS row FROM bronze.{table}"
        ours = sorted(row["row"] for row in run("lake-sql", "--format", "json", query))
        theirs = sorted(row["row"] for row in spark.sql(query).collect())
        aside = run("lake-sql", "--format", "json",
                    f"SELECT count(*) AS n FROM quarantine.{table}")[0]["n"]
        same = ours == theirs and int(aside) == SET_ASIDE[table] and ours
        failures += not same
        print(f"  bronze.{table}: {len(ours)} rows {'agree' if same else 'DIFFER'}, "
              f"{aside} set aside")
        if not same:
            print(f"    ours   {ours}\n    Spark  {theirs}")
    sys.exit(1 if failures else 0)


main()
