"""The raw copy, the same for every peer: each day's file through zstd, two files at a time.

The library gives up Python's lock while it compresses, so two threads fill two cores.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import zstandard

LEVEL = 1
CHUNK = 4 << 20


def compress(source, target):
    with open(source, "rb") as reader, open(target, "wb") as writer:
        zstandard.ZstdCompressor(level=LEVEL).copy_stream(
            reader, writer, size=source.stat().st_size, read_size=CHUNK, write_size=CHUNK)
        writer.flush()
        os.fsync(writer.fileno())


def copy_raw(events, folder):
    """Copies the files of folder `events` to `folder`; gives the copies' paths, in order."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    sources = sorted(Path(events).glob("*.ndjson"))
    targets = [folder / f"{source.name}.zst" for source in sources]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(compress, sources, targets))
    return [str(target) for target in targets]
