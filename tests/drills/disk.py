"""A disk that is full or read-only, and a damaged folder of published pages."""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.drills.places import drill_site, lost, small_disk, worker
from tests.drills.row import Row, drill, in_seconds, seconds_until
from tests.drills.visitors import Visitors, get, in_words
from tests.server import manage


@drill
def disk_full() -> Row:
    with small_disk() as disk, on_disk(disk) as site, worker(site.environment):
        with Visitors(site.address) as visitors:
            time.sleep(3)
            fill(disk / "filler")
            time.sleep(8)
            freed = time.monotonic()
            (disk / "filler").unlink()
            recovered = visitors.wait_for_form(freed)
            time.sleep(1)
        health = seconds_until(lambda: get(site.address, "/healthz").is_good)
        gone = lost(visitors.stored(), site.environment["DATABASE_URL"])
        words = (
            f"a form {in_seconds(recovered)} after there was room, /healthz {in_seconds(health)}"
        )
        return Row("Disk full for 8 s (SQLite)", in_words(visitors.answers), gone, words)


@drill
def read_only_disk() -> Row:
    with small_disk() as disk, on_disk(disk) as site:
        with Visitors(site.address) as visitors:
            time.sleep(3)
            subprocess.run(["mount", "-o", "remount,abort", disk], check=True)  # as after an error
            time.sleep(6)
        during = get(site.address, "/healthz").status
        stored, url = visitors.stored(), site.environment["DATABASE_URL"]
        copy = Path(shutil.copytree(disk / "var", disk.parent / "copy", symlinks=True))
        gone = lost(stored, f"sqlite:///{copy}/db.sqlite3" if url else url)
        saw = f"{in_words(visitors.answers)}; /healthz {during}"
        return Row("Disk turns read-only (SQLite)", saw, gone, "repair the disk, start again")


def on_disk(disk: Path):
    var = disk / "var"
    return drill_site(VAR_DIR=str(var), DATABASE_URL=f"sqlite:///{var}/db.sqlite3")


def fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        for size in (1_000_000, 4096, 1):
            with suppress(OSError):
                while True:
                    filler.write(bytes(size))
                    os.fsync(filler.fileno()) if size > 1 else None


@drill
def published_folder_damaged() -> list[Row]:
    rows = []
    with drill_site() as site, worker(site.environment):
        current = site.folder / "published/current"
        faults = {
            "A published page is cut": lambda: os.truncate(current / "risks/index.html", 50),
            "All published sets are deleted": lambda: shutil.rmtree(site.folder / "published/sets"),
        }
        for fault, damage in faults.items():
            with Visitors(site.address) as visitors:
                seconds_until(lambda: get(site.address, "/healthz").is_good)
                damage()
                red = seconds_until(lambda: not get(site.address, "/healthz").is_good)
                manage("publish", site.environment)
                green = seconds_until(lambda: get(site.address, "/healthz").is_good)
            recovered = (
                f"/healthz red after {in_seconds(red)}, green {in_seconds(green)} after publish"
            )
            saw = in_words(each for each in visitors.answers if not each.is_form)
            rows.append(Row(fault, saw.replace(", 0 forms stored", ""), "nothing", recovered))
    return rows
