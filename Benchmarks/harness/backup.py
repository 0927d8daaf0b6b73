"""What a backup and a restore of a whole lake take, beside `cp` and restic on the same files.

`cp` is the floor: it neither packs nor seals, and keeps one state. restic cuts, packs and seals as we
do, but knows nothing of a lake at work: here nothing is at work, so that both have the same to do.
"""

import os
import shutil
import subprocess

from harness.environment import TOOLS
from harness.measure import median, run, warm
from harness.report import table


def backup(medallion, business, scale, days, runs, work):
    """Usages of each system in turn: first backup, one more after a day, restore; and sizes."""
    source = business.input(scale, days)
    site = work / "backup-site"
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    medallion.run(source, site)
    systems = [Copy(), Ours(medallion)] + ([Restic()] if shutil.which("restic") else [])
    kept = work / "backup-before"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(site, kept, symlinks=True)
    more = business.input(max(scale // days, 1_000), 1)
    taken = {system.name: [] for system in systems}
    for _ in range(runs):
        for system in systems:
            shutil.rmtree(site)
            shutil.copytree(kept, site, symlinks=True)
            place = work / f"backup-{system.name}"
            back = work / f"back-{system.name}"
            for folder in (place, back):
                shutil.rmtree(folder, ignore_errors=True)
            system.prepare(site, place)
            warm(site)
            first = system.take(site, place)
            size = byte_count(place)
            # A day comes in, which the next backup is to cost.
            for file in (more / "events").iterdir():
                shutil.copy(file, site / "landing/pos" / f"more-{file.name}")
            for tool in TOOLS:
                medallion.tool(tool, site)
            warm(site)
            second = system.take(site, place)
            grown = byte_count(place) - size
            warm(place)
            restored = system.restore(site, place, back)
            taken[system.name].append((first, second, restored, size, grown))
            shutil.rmtree(place)
            shutil.rmtree(back)
    return {"lake_bytes": byte_count(kept / "lake"), "systems": {
        name: {
            "first": vars(median([one[0] for one in all_runs])),
            "second": vars(median([one[1] for one in all_runs])),
            "restore": vars(median([one[2] for one in all_runs])),
            "bytes": all_runs[-1][3], "grown": all_runs[-1][4],
        } for name, all_runs in taken.items()}}


def byte_count(folder):
    return sum(
        os.lstat(os.path.join(place, name)).st_size
        for place, _, names in os.walk(folder) for name in names)


class Copy:
    """`cp`, synced at the end as the others are."""

    name = "cp"

    def prepare(self, site, place):
        place.mkdir()

    def take(self, site, place):
        shutil.rmtree(place / "lake", ignore_errors=True)
        return self.copied(site / "lake", place)

    def restore(self, site, place, back):
        back.mkdir()
        return self.copied(place / "lake", back)

    def copied(self, folder, target):
        return run(["sh", "-c", 'cp -a "$1" "$2" && sync -f "$2"', "sh", folder, target], target)[0]


class Ours:
    """Our own tools, from the lake to the lake."""

    name = "medallion"

    def __init__(self, medallion):
        self.medallion = medallion

    def call(self, site, place, tool, *operands):
        environment = self.medallion.environment(site) | {
            "MEDALLION_BACKUP": str(place), "MEDALLION_BACKUP_KEY": f"{place}.key",
            "MEDALLION_WAREHOUSE": str(site / "warehouse.db"),
        }
        return run([self.medallion.bin / tool, *operands], site, environment)[0]

    def prepare(self, site, place):
        key = place.with_name(f"{place.name}.key")
        key.unlink(missing_ok=True)
        self.call(site, place, "backup", "key", key)
        self.call(site, place, "backup", "init")

    def take(self, site, place):
        return self.call(site, place, "backup", "create")

    def restore(self, site, place, back):
        return self.call(site, place, "restore", back)


class Restic:
    """restic with its own settings, and a cache of its own that is empty at first."""

    name = "restic"

    def call(self, site, place, *operands):
        environment = {
            "RESTIC_REPOSITORY": str(place), "RESTIC_PASSWORD": "measured",
            "RESTIC_CACHE_DIR": str(place.with_name(f"{place.name}.cache")), "GOMAXPROCS": "2"}
        return run(["restic", "--quiet", *operands], site, environment)[0]

    def prepare(self, site, place):
        shutil.rmtree(place.with_name(f"{place.name}.cache"), ignore_errors=True)
        self.call(site, place, "init")

    def take(self, site, place):
        return self.call(site, place, "backup", "lake", "warehouse.db")

    def restore(self, site, place, back):
        return self.call(site, place, "restore", "latest", "--target", back)


def version():
    """What restic calls itself; none where it is not installed."""
    if not shutil.which("restic"):
        return None
    return subprocess.run(
        ["restic", "version"], check=True, capture_output=True, text=True).stdout.split("\n")[0]


def text(found):
    rows = [["", "first", "a day more", "restore", "peak memory", "size", "grown by"]]
    for name, one in found["systems"].items():
        peak = max(one[part]["peak"] for part in ("first", "second", "restore"))
        rows.append([
            name, *(f"{one[part]['wall']:.2f} s ({one[part]['cpu']:.2f} s)"
                    for part in ("first", "second", "restore")),
            f"{peak / 1e6:.0f} MB", f"{one['bytes'] / 1e6:.1f} MB", f"{one['grown'] / 1e6:.1f} MB"])
    note = "" if "restic" in found["systems"] else "\n(restic is not installed)"
    return f"a lake of {found['lake_bytes'] / 1e6:.1f} MB\n\n{table(rows)}{note}"
