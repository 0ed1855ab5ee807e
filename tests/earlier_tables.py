"""The tables of an earlier run: to migrate an empty SQLite database takes two seconds.

They are kept with pytest's cache, named after all migrations. `migrate` runs all the same, which
then takes no time and brings triggers and roles up to date.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from django.conf import settings


def begin_with(folder: Path, creation) -> None:
    """Let ``creation`` of Django's test database take the tables in ``folder``, or keep its own."""
    image = folder / digest_of_migrations()
    make_empty: Callable[..., str] = creation._create_test_db
    make: Callable[..., str] = creation.create_test_db

    opened: list[sqlite3.Connection] = []

    def filled(*args, **kwargs) -> str:
        name = make_empty(*args, **kwargs)
        if image.exists():
            opened.append(sqlite3.connect(name, uri=True))
            with closing(sqlite3.connect(image)) as file:
                file.backup(opened[0])
        return name

    def kept(*args, **kwargs) -> str:
        name = make(*args, **kwargs)
        for connection in opened:  # only now, or with it the database would be gone
            connection.close()
        if not image.exists():
            new = image.with_suffix(f".{os.getpid()}")
            with closing(sqlite3.connect(new)) as file:
                creation.connection.connection.backup(file)
            new.replace(image)
        return name

    creation._create_test_db, creation.create_test_db = filled, kept


def digest_of_migrations() -> str:
    files = [settings.BASE_DIR / "requirements.txt"]
    files += sorted(settings.BASE_DIR.glob("kapsite/*/migrations/*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
