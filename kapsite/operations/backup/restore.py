"""Puts the database and the content of a backup in the place of the site's own."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from kapsite.database.config import sqlite

from . import age
from .databases import make_tables, opened, own_config, really_close
from .folder import sync
from .rows import copy_all, different_tables
from .snapshot import ABOUT, Unusable

SQLITE_FILES = ("", "-wal", "-shm")


@contextmanager
def decrypted(file: Path, identities: list[age.Identity]) -> Iterator[Path]:
    """The database in ``file``, in a folder for this user alone, which goes at the end.

    It is on the disk of the site's own database, so that it can take its place in one step.
    """
    own = Path(own_config()["NAME"])
    beside = own.parent if connection.vendor == "sqlite" and own.is_absolute() else settings.VAR_DIR
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=beside) as work:
        database = Path(work) / "database.sqlite3"
        with database.open("wb") as target:
            age.decrypt(file, target, identities)
        yield database


def replace_database(new: Path) -> str:
    """Returns where the one before is, in words; "" if there was none. Raises Unusable."""
    with closing(sqlite3.connect(new)) as copy, copy:
        copy.execute(f"DROP TABLE {ABOUT}")
    moment = f"{timezone.now():%Y%m%d_%H%M%S}"
    if connection.vendor == "sqlite":
        return replace_file(new, moment)
    return replace_schema(new, moment)


def replace_file(new: Path, moment: str) -> str:
    own = Path(own_config()["NAME"])
    aside = own.with_name(f"{own.name}.replaced_{moment}")
    really_close(connection)  # or it would delete the log of the new one when it closes
    if own.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(own)) as old:  # it may be damaged
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        aside.hardlink_to(own)
    for suffix in SQLITE_FILES[1:]:
        with suppress(FileNotFoundError):
            own.with_name(f"{own.name}{suffix}").rename(f"{aside}{suffix}")
    new.chmod(0o600)
    sync(new)
    new.replace(own)
    sync(own.parent)
    return f"the file {aside}" if aside.exists() else ""


def replace_schema(new: Path, moment: str) -> str:
    """Fills a new schema, then renames both at once: until then nothing is changed."""
    really_close(connection)  # it knows the tables of before
    filled, aside = f"restored_{moment}", f"replaced_{moment}"
    with opened(own_config(), "schemas") as alias, connections[alias].cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        own = cursor.fetchone()[0]
        cursor.execute(f"CREATE SCHEMA {filled}")
        try:
            fill(new, filled)
            with transaction.atomic(alias):
                cursor.execute(f"ALTER SCHEMA {own} RENAME TO {aside}")
                cursor.execute(f"ALTER SCHEMA {filled} RENAME TO {own}")
        except BaseException:
            cursor.execute(f"DROP SCHEMA {filled} CASCADE")
            raise
    return f"the schema {aside}"


def fill(new: Path, schema: str) -> None:
    with (
        opened(sqlite(new), "snapshot") as source,
        opened(own_config(), "restored", schema) as target,
    ):
        make_tables(target)
        copy_all(source, target)
        if different := different_tables(source, target):
            raise Unusable(f"These tables were not copied as they are: {', '.join(different)}.")
