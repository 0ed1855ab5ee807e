"""A copy of the site's database as it is at one moment, as an SQLite file, and what is in it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

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

from .databases import make_tables, migrate, one_moment, opened, own_config
from .rows import copy_all
from .tables import all_models, tables_left_out

ABOUT = "kapsite_backup"  # the table that says what the file is
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
SAMPLE = 50  # rows of each table that are decrypted, from either end


class Unusable(Exception):
    """The file holds no database of this site that this version can read; says why."""


def take(file: Path) -> None:
    """Write the database to ``file``, without tables such as sessions. The site may run meanwhile.

    Raises Unusable on PostgreSQL while migrations are missing: this version's models read its rows.
    """
    made_at = timezone.now()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
    else:
        take_from_postgresql(file)
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute("PRAGMA journal_mode=MEMORY")  # no file that would hold the rows once more
        with copy:
            found = [name for (name,) in copy.execute(TABLES)]
            for table in {*tables_left_out()} & {*found}:
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608
            rows = json.dumps({table: count(copy, table) for table in found})
            copy.execute(f"CREATE TABLE {ABOUT} (made_at TEXT, version TEXT, rows TEXT)")
            values = (made_at.isoformat(timespec="seconds"), kapsite.__version__, rows)
            copy.execute(f"INSERT INTO {ABOUT} VALUES (?, ?, ?)", values)  # noqa: S608


def take_from_postgresql(file: Path) -> None:
    if missing_migrations("default"):
        raise Unusable("Its tables are those of another version: run manage.py migrate first.")
    with opened(sqlite(file), "snapshot") as target, opened(own_config(), "live") as source:
        make_tables(target)
        with one_moment(source):
            copy_all(source, target)


def count(copy: sqlite3.Connection, table: str) -> int:
    return copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608


@dataclass
class Report:
    made_at: datetime
    version: str
    rows: int
    is_older: bool = False  # its tables are those of an earlier version of the site
    requests: int = 0
    newest_request: datetime | None = None
    missing_keys: list[str] = field(default_factory=list)
    decrypted: int = 0  # values
    unreadable: int = 0


def inspect(file: Path, bring_up_to_date: bool = False) -> Report:
    """Look through the whole file, and decrypt a part of it. Raises Unusable.

    With tables of an earlier version its rows can only be counted, unless it may be changed.
    """
    report = about(file)
    with opened(sqlite(file), "snapshot") as alias:
        report.is_older = bool(missing_migrations(alias))
        if report.is_older and bring_up_to_date:
            migrate(alias)
        elif report.is_older:
            return report
        requests = Inquiry.objects.using(alias)
        report.requests = requests.count()
        report.newest_request = requests.aggregate(newest=Max("received_at"))["newest"]
        report.missing_keys = [key.key_id for key in KeyInUse.objects.using(alias).missing()]
        for could_open in sample(alias):
            report.decrypted += could_open
            report.unreadable += not could_open
    return report


def about(file: Path) -> Report:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            [(result,)] = copy.execute("PRAGMA integrity_check(1)")
            if result != "ok":
                raise Unusable(f"The database in it is damaged: {result}.")
            [(made_at, version, rows)] = copy.execute(f"SELECT * FROM {ABOUT}")  # noqa: S608
            expected = json.loads(rows)
            for table, number in expected.items():
                if (found := count(copy, table)) != number:
                    raise Unusable(f"{table} has {found} rows instead of {number}.")
    except (sqlite3.Error, ValueError) as error:
        raise Unusable(f"The database in it can't be read: {error}.") from None
    return Report(datetime.fromisoformat(made_at), version, sum(expected.values()))


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
        keys = rows.values_list("pk", flat=True)
        ends = {*keys.order_by("pk")[:SAMPLE], *keys.order_by("-pk")[:SAMPLE]}
        for row in rows.filter(pk__in=ends):
            stored = [each.attname for each in fields if row.__dict__[each.attname]]
            yield from (opens(row, name) for name in stored)


def opens(row: Model, name: str) -> bool:
    try:
        getattr(row, name)
    except Unreadable:
        return False
    return True
