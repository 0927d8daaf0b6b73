"""Does `catalog classify` find what another generator makes, and others' validators accept?

    python label_values.py TOOLS [SEED]

TOOLS is the folder of the tools. People are Faker's, of nine locales; what python-stdnum and
phonenumbers refuse of them is left out, so that each value is one by their word too. Prints
precision and recall by label; ends with 1 below 0.95.
"""

import csv
import pathlib
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter

import phonenumbers
from faker import Faker
from stdnum import iban, luhn
from stdnum.de import idnr
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.se import personnummer
from stdnum.us import ssn

ROWS = 200
LOCALES = {
    "en_US": ssn, "en_GB": None, "de_DE": None, "fr_FR": nir, "es_ES": None, "it_IT": codicefiscale,
    "nl_NL": bsn, "pl_PL": pesel, "sv_SE": personnummer,
}


def valid(make, accepts):
    for _ in range(1000):
        value = str(make())
        if accepts(value):
            return value
    raise SystemExit("label_values: the validator accepts none of the generator's values")


def is_phone(locale):
    region = locale[-2:]

    def accepts(text):
        try:
            return phonenumbers.is_possible_number(phonenumbers.parse(text, region))
        except phonenumbers.NumberParseException:
            return False

    return accepts


def checked(digits):
    return digits + luhn.calc_check_digit(digits)


def columns(locale, check):
    fake = Faker(locale)
    yield "email", "email", fake.email
    yield "phone", "phone", lambda: valid(fake.phone_number, is_phone(locale))
    yield "customer_name", "name", fake.name
    yield "first_name", "name", fake.first_name
    yield "last_name", "name", fake.last_name
    yield "street", "address", fake.street_address
    yield "birth_date", "birth_date", lambda: fake.date_of_birth(minimum_age=16, maximum_age=95)
    yield "account", "iban", lambda: valid(fake.iban, iban.is_valid)
    yield "card", "card", lambda: valid(fake.credit_card_number, luhn.is_valid)
    yield "ip", "ip", fake.ipv4
    yield "ip6", "ip", fake.ipv6
    yield "latitude", "geo", fake.latitude
    yield "longitude", "geo", fake.longitude
    if check:
        yield "person_no", "national_id", lambda: valid(fake.ssn, check.is_valid)
    if locale == "es_ES":
        yield "person_no", "national_id", lambda: valid(fake.nif, dni.is_valid)
    if locale == "de_DE":
        yield "person_no", "national_id", german
    yield "order_id", None, lambda: random.randint(10**8, 10**9)
    yield "sku", None, lambda: checked("".join(random.choices("0123456789", k=15)))
    yield "sku_short", None, lambda: checked("".join(random.choices("0123456789", k=8)))
    yield "ean", None, fake.ean13
    yield "isbn", None, fake.isbn13
    yield "key", None, fake.uuid4
    yield "year", None, lambda: random.randint(1950, 2026)
    yield "seen", None, lambda: fake.date_time_between("-3y").isoformat()
    yield "shipped", None, lambda: fake.date_between("-5y")
    yield "price", None, lambda: "%.2f" % random.uniform(1, 999)
    yield "colour", None, fake.color_name
    yield "company", None, fake.company
    yield "comment", None, fake.sentence


def german():
    while True:
        digits = random.sample("123456789", 9)
        digits.append(random.choice(digits[:8]))
        number = "".join(digits) + idnr.mod_11_10.calc_check_digit("".join(digits))
        if idnr.is_valid(number):
            return number


def main():
    tools, seed = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    random.seed(seed)
    Faker.seed(seed)
    right, wrong, missed = Counter(), Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder:
        site = pathlib.Path(folder)
        (site / "jobs").mkdir()
        setup, truth = ["CREATE SCHEMA bronze;"], {}
        for locale, check in LOCALES.items():
            table, made = locale.lower(), list(columns(locale, check))
            names = ", ".join(f"{name} STRING" for name, _, _ in made)
            setup.append(
                f"CREATE TABLE bronze.{table} ({names}) USING csv "
                f"OPTIONS (header 'true', multiLine 'true') LOCATION 'faker/{table}';")
            truth[table] = {name: label for name, label, _ in made}
            with open(site / f"{table}.csv", "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(truth[table])
                for _ in range(ROWS):
                    writer.writerow([str(make()).replace("\n", ", ") for _, _, make in made])
        (site / "jobs/setup.sql").write_text("\n".join(setup), encoding="utf-8")
        (site / "jobs/spark-pipeline.yml").write_text(
            "name: faker\nlibraries:\n  - glob: {include: silver/**}\n", encoding="utf-8")
        (site / "jobs/silver").mkdir()
        for table in truth:
            subprocess.run(
                [tools / "ingest-files", table, f"{table}.csv"], cwd=site, check=True,
                stdout=subprocess.DEVNULL)
        lines = subprocess.run(
            [tools / "catalog", "classify"], cwd=site, check=True, capture_output=True, text=True
        ).stdout.splitlines()
    found, table = {}, None
    for line in lines:
        if match := re.match(r"  bronze\.(\w+):", line):
            table = match[1]
        elif match := re.match(r"    (\w+): \{label: (\w+)", line):
            found[table, match[1]] = match[2]
    for table, labels in truth.items():
        for column, label in labels.items():
            given = found.get((table, column))
            if given != label:
                print(f"{table}.{column}: {label}, taken for {given}", file=sys.stderr)
            if label and given == label:
                right[label] += 1
            elif label:
                missed[label] += 1
            if given and given != label:
                wrong[given] += 1
    is_good = True
    for label in sorted(right | wrong | missed):
        precision = right[label] / max(1, right[label] + wrong[label])
        recall = right[label] / max(1, right[label] + missed[label])
        is_good = is_good and min(precision, recall) >= 0.95
        print(f"{label:12} precision {precision:.3f} recall {recall:.3f}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
