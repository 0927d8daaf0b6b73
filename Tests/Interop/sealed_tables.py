"""Tables with sealed columns are read by others as binary, and tables that a person has left as
they are now, in every version.

usage: sealed_tables.py FOLDER_OF_TOOLS
"""

import json
import os
import subprocess
import sys
import tempfile

import deltalake
import polars

SETUP = """CREATE TABLE bronze.people (customer_id STRING, email STRING, seq BIGINT)
USING csv OPTIONS (header 'true') LOCATION 'crm/people';
"""
JOB = """CREATE STREAMING TABLE silver.%s %s;
CREATE FLOW %s AS AUTO CDC INTO silver.%s FROM STREAM(bronze.people)
KEYS (customer_id) SEQUENCE BY seq STORED AS SCD TYPE 1;
"""
PIPELINE = 'name: s\nlibraries: [{glob: {include: "silver/**"}}]\n'
PEOPLE = ["C1,ada@example.com,1\nC2,bob@example.org,2\n", "C2,bob@example.com,3\nC3,eve@x.test,4\n"]


def run(tool, *arguments):
    done = subprocess.run(
        [os.path.join(sys.argv[1], tool), *arguments], text=True, capture_output=True,
        env={**os.environ, "MEDALLION_KEYS": "keys", "USER": "a.miller"})
    if done.returncode:
        sys.exit(f"interop: {tool} {arguments} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def write(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def erase(key):
    openssl("genpkey", "-algorithm", "ed25519", "-out", "weber.pem")
    public = openssl("pkey", "-in", "weber.pem", "-pubout", "-outform", "DER")[-32:].hex()
    write("jobs/subjects.yml",
          f"subjects: {{customer: {{key: customer_id}}}}\napprovers: {{m.weber: '{public}'}}\n")
    run("erase", "--subject", key, "--plan", "plan.json")
    with open("plan.json") as file:
        write("print", json.load(file)["fingerprint"])
    openssl("pkeyutl", "-sign", "-rawin", "-inkey", "weber.pem", "-in", "print", "-out", "sig")
    run("erase", "--apply", "plan.json", "--signature", "sig")


def versions(name):
    """The rows of each version, as both of the others read them."""
    path = f"lake/silver/{name}"
    for version in range(deltalake.DeltaTable(path).version() + 1):
        rows = polars.read_delta(path, version=version).sort("seq").to_dicts()
        table = deltalake.DeltaTable(path, version=version).to_pyarrow_table().sort_by("seq")
        if table.to_pylist() != rows:
            sys.exit(f"interop: {name} of version {version} is read in two ways")
        yield rows


def check(is_right, words):
    if not is_right:
        sys.exit(f"interop: {words}")


def main():
    write("jobs/spark-pipeline.yml", PIPELINE)
    write("jobs/setup.sql", SETUP)
    write("jobs/labels.yml",
          "tables: {bronze.people: {customer_id: none, email: email, seq: none}}\n")
    seal = "TBLPROPERTIES ('seal' = 'email', 'seal.subject' = 'customer_id')"
    write("jobs/silver/sealed.sql", JOB % ("sealed", seal, "a", "sealed"))
    write("jobs/silver/plain.sql", JOB % ("plain", "", "b", "plain"))
    run("lake-keys", "make")
    for number, lines in enumerate(PEOPLE):
        write(f"{number}.csv", "customer_id,email,seq\n" + lines)
        run("ingest-files", "bronze.people", f"{number}.csv")
        run("bronze2silver")
    before = list(versions("plain"))
    for rows, plain in zip(versions("sealed"), before):
        check(all(type(row["email"]) is bytes for row in rows), "a sealed column is not binary")
        check(not any(b"@" in row["email"] and b"." in row["email"] and b"test" in row["email"]
                      for row in rows), "a sealed column can be read")
        check([row["customer_id"] for row in rows] == [row["customer_id"] for row in plain],
              "a column that is not sealed is another")
    erase("C2")
    for rows, old in zip(versions("plain"), before):
        check(len(rows) == len(old), "a row is gone")
        check("bob@" not in str(rows) and "'C2'" not in str(rows), "the person is still there")
        check([row for row in rows if row["customer_id"] in ("C1", "C3")]
              == [row for row in old if row["customer_id"] in ("C1", "C3")], "others changed")
    check(len(list(versions("sealed"))) == len(before), "a version of the sealed table is gone")
    print("  sealed columns are binary to them, and every version of an erased table is read")


if __name__ == "__main__":
    sys.argv[1] = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        main()
