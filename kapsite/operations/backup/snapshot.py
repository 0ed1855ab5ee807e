"""A copy of the site's database as it is at one moment, as an SQLite file, and what is in it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.models import Max, Model
from django.utils import timezone

import kapsite
from kapsite.database.config import sqlite
from kapsite.encryption.fields import encrypted_fields
from kapsite.encryption.keyring import Unreadable
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.key_in_use import KeyInUse

from .databases import make_tables, one_moment, opened, own_config
from .rows import copy_numbers, copy_table
from .tables import all_models, kept_models, tables_left_out

ABOUT = "kapsite_backup"  # the table that says what the file is
SAMPLE = 50  # rows of each table that are decrypted, from either end


class Unusable(Exception):
    """The file holds no database of this site that this version can read; says why."""


def take(file: Path) -> None:
    """Write the database to ``file``, without what is not kept. The site may run meanwhile."""
    made_at = timezone.now()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
        empty_tables(file)
    else:
        with opened(sqlite(file), "snapshot") as target, opened(own_config(), "live") as source:
            make_tables(target)
            with one_moment(source):
                for model in kept_models():
                    copy_table(model, source, target)
                copy_numbers(source, target)
    with closing(sqlite3.connect(file)) as copy, copy:
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        copy.execute(f"CREATE TABLE {ABOUT} (made_at TEXT, version TEXT, rows TEXT)")
        rows = json.dumps({model._meta.db_table: count(copy, model) for model in all_models()})
        values = (made_at.isoformat(timespec="seconds"), kapsite.__version__, rows)
        copy.execute(f"INSERT INTO {ABOUT} VALUES (?, ?, ?)", values)  # noqa: S608


def empty_tables(file: Path) -> None:
    """Take the rows that are not kept out of the database in ``file``, and overwrite them."""
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute("PRAGMA journal_mode=MEMORY")  # no file that would hold the rows once more
        with copy:
            for table in tables_left_out():
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608


def count(copy: sqlite3.Connection, model: type[Model]) -> int:
    return copy.execute(f'SELECT count(*) FROM "{model._meta.db_table}"').fetchone()[0]  # noqa: S608


@dataclass
class Report:
    made_at: datetime
    version: str
    rows: dict[str, int]
    missing_migrations: list[str]  # that this version of the site would run
    newest_request: datetime | None = None
    requests: int = 0
    missing_keys: list[str] = field(default_factory=list)
    unreadable: int = 0  # values
    decrypted: int = 0


def inspect(file: Path) -> Report:
    """Look through the whole file, and decrypt a part of it. Raises Unusable."""
    report = about(file)
    with opened(sqlite(file), "snapshot") as alias:
        report.missing_migrations = missing_migrations(alias)
        if report.missing_migrations:  # this version's models don't fit its tables
            return report
        requests = Inquiry.objects.using(alias)
        report.requests = requests.count()
        report.newest_request = requests.aggregate(newest=Max("received_at"))["newest"]
        report.missing_keys = [key.key_id for key in KeyInUse.objects.using(alias).missing()]
        for value in sample(alias):
            report.decrypted += value
            report.unreadable += not value
    return report


def about(file: Path) -> Report:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            [(result,)] = copy.execute("PRAGMA integrity_check(1)")
            if result != "ok":
                raise Unusable(f"The database in it is damaged: {result}.")
            [(made_at, version, rows)] = copy.execute(f"SELECT * FROM {ABOUT}")  # noqa: S608
            counts = json.loads(rows)
            for table, number in counts.items():
                found = copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
                if found != number:
                    raise Unusable(f"{table} has {found} rows instead of {number}.")
    except (sqlite3.Error, ValueError) as error:
        raise Unusable(f"The database in it can't be read: {error}.") from None
    return Report(datetime.fromisoformat(made_at), version, counts, [])


def missing_migrations(alias: str) -> list[str]:
    """Raises Unusable if a newer version of the site made the database."""
    loader = MigrationLoader(connections[alias])
    applied, known = set(loader.applied_migrations), set(loader.graph.nodes)
    replaced = {key for each in loader.replacements.values() for key in each.replaces}
    if unknown := sorted(applied - known - replaced):
        app, name = unknown[-1]
        raise Unusable(
            f"A newer version of the site made it (it holds {app}.{name}). Install that version."
        )
    return sorted(f"{app}.{name}" for app, name in known - applied)


def sample(alias: str) -> Iterator[bool]:
    """For encrypted values of the oldest and newest rows of each table: whether they open."""
    for model in all_models():
        fields = encrypted_fields(model)
        if not fields:
            continue
        rows = model._base_manager.using(alias)
        for order in ("pk", "-pk"):
            for row in rows.order_by(order)[:SAMPLE]:
                yield from (opens(row, each.attname) for each in fields)


def opens(row: Model, name: str) -> bool:
    try:
        getattr(row, name)
    except Unreadable:
        return False
    return True


@contextmanager
def migrated(file: Path) -> Iterator[str]:
    """The database in ``file`` with the tables of this version; yields its alias."""
    with closing(sqlite3.connect(file)) as copy, copy:
        copy.execute(f"DROP TABLE IF EXISTS {ABOUT}")
    with opened(sqlite(file), "snapshot") as alias:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
        yield alias
