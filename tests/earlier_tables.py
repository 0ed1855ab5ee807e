"""The tables of an earlier run: to migrate an empty SQLite database takes two seconds.

They are kept with pytest's cache, named after all migrations. `migrate` runs all the same, which
then takes no time and brings triggers and roles up to date.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path

from django.conf import settings


def begin_with(folder: Path, creation) -> None:
    """Let ``creation`` of Django's test database take the tables in ``folder``. Of the processes
    that find none there one makes them, for all.
    """
    file = tables_in(folder)
    make_empty: Callable[..., str] = creation._create_test_db
    make: Callable[..., str] = creation.create_test_db

    opened: list[sqlite3.Connection] = []

    def filled(*args, **kwargs) -> str:
        name = make_empty(*args, **kwargs)
        if file.exists():
            opened.append(sqlite3.connect(name, uri=True))
            with closing(sqlite3.connect(file)) as tables:
                tables.backup(opened[0])
        return name

    def kept(*args, **kwargs) -> str:
        name = make(*args, **kwargs)
        for connection in opened:  # only now, or with it the database would be gone
            connection.close()
        if not file.exists():
            new = file.with_suffix(f".{os.getpid()}")
            with closing(sqlite3.connect(new)) as tables:
                creation.connection.connection.backup(tables)
            new.replace(file)
        return name

    def one_after_the_other(*args, **kwargs) -> str:
        with (folder / "lock").open("w") as lock:
            flock(lock, LOCK_EX)
            return kept(*args, **kwargs)

    creation._create_test_db, creation.create_test_db = filled, one_after_the_other


def tables_in(folder: Path) -> Path:
    """An SQLite database with all tables and no rows but those of ``migrate``."""
    return folder / digest_of_migrations()


def digest_of_migrations() -> str:
    files = [settings.BASE_DIR / "requirements.txt"]
    files += sorted(settings.BASE_DIR.glob("kapsite/*/migrations/*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
