"""A database that restarts, a file copied while it is written, a migration that is killed."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.drills.places import Cluster, cluster, drill_site, lost, tokens_in
from tests.drills.row import Row, drill, in_seconds
from tests.drills.visitors import Visitors, in_words
from tests.server import ROOT, manage

COPIES = 12
KILLS = (0.4, 0.8, 1.2, 1.6, 2.0, 3.0)  # seconds after the start


def away(fault: str, seconds: float, stop: Callable[[Cluster], object]) -> Row:
    """What visitors see while PostgreSQL does not run for ``seconds``."""
    with cluster() as database, drill_site(DATABASE_URL=database.url) as site:
        with Visitors(site.address) as visitors:
            time.sleep(3)
            stop(database)
            time.sleep(seconds)
            began = time.monotonic()
            database.start()
            recovered = visitors.wait_for_form(began)
            time.sleep(2)
        gone = lost(visitors.stored(), database.url)
        words = f"a form {in_seconds(recovered)} after it began to start"
        return Row(fault, in_words(visitors.answers), gone, words)


@drill
def database_restarted() -> Row:
    return away("PostgreSQL away for 5 s", 5, lambda it: it.control("stop", "-m", "fast"))


@drill
def database_killed() -> Row:
    fault = "PostgreSQL killed (SIGKILL)"
    return away(fault, 3, lambda it: os.kill(it.main_process(), signal.SIGKILL))


@drill
def files_copied() -> Row:
    """Plain copies of the three files of SQLite while forms come in; and `backup` beside them."""
    with drill_site() as site, tempfile.TemporaryDirectory() as folder:
        url, bad, behind = site.environment["DATABASE_URL"], 0, 0
        with Visitors(site.address) as visitors:
            time.sleep(1)
            for each in range(COPIES):
                stored = set(visitors.stored())
                copy = Path(folder) / str(each)
                copy.mkdir()
                for suffix in ("", "-wal", "-shm"):
                    shutil.copy(site.folder / f"db.sqlite3{suffix}", copy)
                    time.sleep(0.1)
                found = sound_copy(copy / "db.sqlite3")
                bad += found is None
                behind += found is not None and bool(stored - found)
        manage("backup", site.environment)
        gone = lost(visitors.stored(), url)
        words = f"{bad} of {COPIES} plain copies were damaged, {behind} lacked stored requests"
        return Row("Database copied while forms come in", in_words(visitors.answers), gone, words)


def sound_copy(file: Path) -> set[str] | None:
    try:
        with closing(sqlite3.connect(file)) as database:
            if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return None
        return tokens_in(f"sqlite:///{file}")
    except sqlite3.DatabaseError:
        return None


@drill
def migration_interrupted() -> list[Row]:
    rows = []
    for name in ("SQLite", "PostgreSQL"):
        with cluster() as database, tempfile.TemporaryDirectory() as folder:
            url = database.url if name == "PostgreSQL" else f"sqlite:///{folder}/db.sqlite3"
            environment = settings_for(folder, url)
            killed = [kill_while("migrate", environment, after) for after in KILLS]
            began = time.monotonic()
            manage("migrate", environment)
            took = time.monotonic() - began
            manage("migrate --check", environment)
        words = f"{in_seconds(took)} for the next migrate, which does the rest"
        fault = f"migrate killed {sum(killed)} times ({name})"
        rows.append(Row(fault, "the site had not been started", "nothing", words))
    return rows


def settings_for(folder: str, url: str) -> dict[str, str]:
    keys = {name: os.environ.get(name, "") for name in ("PATH",)}
    secret = "drill-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF"
    field_key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
    site = {"ENV_FILE": os.devnull, "VAR_DIR": folder, "DATABASE_URL": url}
    return keys | site | {"SECRET_KEY": secret, "FIELD_KEYS": field_key}


def kill_while(command: str, environment: dict[str, str], after: float) -> bool:
    """Whether it was still running."""
    words = [sys.executable, "manage.py", command]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(words, cwd=ROOT, env=environment, **quiet)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False
