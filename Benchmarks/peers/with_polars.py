"""The benchmark's job with Polars: with_polars.py EVENTS ORDERS OUTPUT.

All queries run on the streaming engine with two threads. Lines are scanned as text and decoded with
a given type: scan_ndjson cannot step over a line that is no JSON, and takes several times as long.
A torn line is known by its end. Decoded events stand in Parquet until lines and voids are made of
them: as quick as to keep them in memory, which takes twice as much of it. Delta tables are written
by delta-rs from a stream of batches, compressed with zstd at level 1.
"""

import sys
from pathlib import Path

import polars as pl
from deltalake import WriterProperties, write_deltalake

import rules
import star
from raw import copy_raw
from stages import count, stage

TEXT = pl.String
EVENT = pl.Struct(
    {name: TEXT for name in rules.HEAD}
    | {"lines": pl.List(pl.Struct({name: TEXT for name in rules.LINE}))})
WIDE, QUANTITY, PRICE, AMOUNT = (
    pl.Decimal(*type) for type in (rules.WIDE, rules.QUANTITY, rules.PRICE, rules.AMOUNT))
PRODUCT = pl.Decimal(24, 5)


def decoded(files):
    """What the files' lines say, bad ones left out."""
    line = pl.col("line")
    whole = line.str.starts_with("{") & line.str.ends_with("]}")
    return pl.scan_lines(files).filter(whole).select(line.str.json_decode(EVENT)).unnest("line")


def once(file):
    """The events of a Parquet file that have an id, each once. Only ids are looked at to find the
    few that came again: `unique` would carry the nested lines through its hash table."""
    new = (pl.col("event_id") != "") & pl.col("event_id").is_first_distinct()
    rows = collected(pl.scan_parquet(file).select("event_id").with_row_index("row"))
    again = rows.filter(~new.fill_null(False)).select("row")
    return pl.scan_parquet(file, row_index_name="row").join(again.lazy(), on="row", how="anti")


def sound(events):
    """The events with a sound head, typed."""
    time = pl.col("event_time")
    return events.with_columns(
        pl.col("schema_version").fill_null("1").cast(pl.Int32, strict=False),
        event_time=time.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False),
        business_date=time.str.head(10).str.to_date("%Y-%m-%d", strict=False),
    ).filter(
        pl.col("schema_version") == 1, pl.col("event_time").is_not_null(),
        pl.col("store_id") != "")


def lines_of(events):
    """The sale and return lines that keep the rules."""
    sign = pl.when(pl.col("event_type") == "return").then(-1).otherwise(1)
    typed = (
        sound(events).filter(
            pl.col("event_type").is_in(["sale", "return"]), pl.col("transaction_id") != "",
            pl.col("currency").is_in(rules.CURRENCIES))
        .explode("lines", empty_as_null=True)
        .unnest("lines")
        .with_columns(
            pl.col("line_no").cast(pl.Int32, strict=False),
            pl.col("quantity", "unit_price").cast(WIDE, strict=False),
            pl.col("discount", "tax").fill_null("0").cast(WIDE, strict=False))
        .with_columns(
            exact_quantity=pl.col("quantity").cast(QUANTITY),
            exact_price=pl.col("unit_price").cast(PRICE),
            exact_discount=pl.col("discount").cast(AMOUNT),
            exact_tax=pl.col("tax").cast(AMOUNT)))
    kept = typed.filter(
        pl.col("line_no") > 0, pl.col("sku") != "",
        pl.col("exact_quantity") == pl.col("quantity"), pl.col("quantity") != 0,
        (pl.col("event_type") != "return") | (pl.col("quantity") > 0),
        pl.col("exact_price") == pl.col("unit_price"),
        pl.col("exact_discount") == pl.col("discount"), pl.col("exact_tax") == pl.col("tax"))
    # A product has the larger scale of its factors: five decimals keep it exact.
    quantity, price = (pl.col(name).cast(PRODUCT) for name in ("exact_quantity", "exact_price"))
    net = quantity * price - pl.col("exact_discount")
    return kept.with_columns(
        quantity=(pl.col("exact_quantity") * sign).cast(QUANTITY),
        unit_price=pl.col("exact_price"),
        discount_amount=(pl.col("exact_discount") * sign).cast(AMOUNT),
        tax_amount=(pl.col("exact_tax") * sign).cast(AMOUNT),
        net_amount=(net.round(2, mode="half_away_from_zero") * sign).cast(AMOUNT),
    ).select(rules.SILVER)


def voids_of(events):
    return sound(events).filter(
        pl.col("event_type") == "void", pl.col("original_transaction_id") != ""
    ).select(
        "event_id", "transaction_id", "original_transaction_id", "event_time", "business_date",
        "store_id", "register_id", "cashier_id")


def kept_of(lines, voids):
    """The lines of receipts that stand."""
    return lines.join(
        voids, how="anti", left_on=["transaction_id", "store_id", "business_date"],
        right_on=["original_transaction_id", "store_id", "business_date"])


def store_sales(kept):
    return kept.group_by("business_date", "store_id").agg(
        transactions=pl.col("transaction_id").n_unique().cast(pl.Int64),
        units=pl.col("quantity").sum().cast(pl.Decimal(18, 3)),
        net_sales=pl.col("net_amount").sum().cast(AMOUNT),
        discounts=pl.col("discount_amount").sum().cast(AMOUNT),
        tax=pl.col("tax_amount").sum().cast(AMOUNT))


def product_sales(kept):
    return kept.group_by("business_date", "sku").agg(
        units=pl.col("quantity").sum().cast(pl.Decimal(18, 3)),
        net_sales=pl.col("net_amount").sum().cast(AMOUNT),
        stores=pl.col("store_id").n_unique().cast(pl.Int64))


def facts_of(kept, products, stores):
    day = pl.col("business_date").dt
    return kept.select(
        date_key=day.year().cast(pl.Int64) * 10_000 + day.month().cast(pl.Int64) * 100 + day.day(),
        product_key=pl.col("sku").replace_strict(products, default=-1, return_dtype=pl.Int64),
        store_key=pl.col("store_id").replace_strict(stores, default=-1, return_dtype=pl.Int64),
        transaction_id="transaction_id", line_no="line_no", event_id="event_id",
        **{name: pl.col(name).cast(pl.Float64) for name in (
            "quantity", "unit_price", "discount_amount", "tax_amount", "net_amount")})


def collected(query):
    return query.collect(engine="streaming")


def batches(query):
    return query.collect_batches(engine="streaming", maintain_order=False, lazy=True)


def main(events, orders, output):
    lake = output / "lake"

    def write(name, query, partitions=None):
        write_deltalake(
            lake / name, batches(query), partition_by=partitions,
            writer_properties=WriterProperties(compression="ZSTD", compression_level=1))

    with stage("raw"):
        files = copy_raw(events, lake / "bronze")
    with stage("silver"):
        scratch = output / "events.parquet"
        decoded(files).sink_parquet(
            scratch, compression="lz4", maintain_order=False, engine="streaming")
        heads = once(scratch)
        write("silver/sales_lines", lines_of(heads), ["business_date"])
        voids = collected(voids_of(heads))
        write("silver/voids", voids.lazy(), ["business_date"])
        scratch.unlink()
    with stage("gold"):
        kept = kept_of(pl.scan_delta(lake / "silver/sales_lines"), voids.lazy())
        by_store, by_product = pl.collect_all(
            [store_sales(kept), product_sales(kept)], engine="streaming")
        write("gold/daily_store_sales", by_store.lazy())
        write("gold/daily_product_sales", by_product.lazy())
    with stage("warehouse"):
        draft = output / "warehouse.draft"
        products, stores = star.load_dimensions(draft, orders)
        facts = batches(facts_of(kept, products, stores))
        count("facts", star.load_facts(draft, facts, output / "warehouse.db"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
