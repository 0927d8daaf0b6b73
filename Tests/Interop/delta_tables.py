"""The Delta tables of a lake, as delta-rs sees them."""

import pathlib

import deltalake


def tables(lake, schemas=("silver", "gold")):
    """Yields (name, DeltaTable) of every table of the schemas, in order of name."""
    for schema in schemas:
        for log in sorted(pathlib.Path(lake, schema).glob("*/_delta_log")):
            yield f"{schema}.{log.parent.name}", deltalake.DeltaTable(str(log.parent))
