"""Moves the whole database to an empty one, SQLite or PostgreSQL, a batch of rows at a time.

What is done is noted in the new database, in the transaction of each batch; so a move that was
interrupted goes on where it stopped.
"""

import json
from typing import Any

from django.db import connections
from django.db.models import Model

from .databases import make_tables
from .rows import Say, copy_numbers, copy_table, different_tables
from .snapshot import missing_migrations
from .tables import kept_models

NOTES = "kapsite_move"  # a table of the new database, for as long as the move takes
TABLES_MADE, DONE = "(tables made)", "(done)"


class Refused(Exception):
    """The databases are not fit for a move; says why."""


class Notes:
    """For each table how far it was copied: the last key, or ``DONE``; and how many rows."""

    def __init__(self, alias: str):
        self.connection = connections[alias]

    def prepare(self) -> None:
        """Raises Refused if the new database is not empty, and holds no move that was begun."""
        tables = self.connection.introspection.table_names()
        if NOTES in tables:
            return
        if tables:
            raise Refused(
                f"The new database is not empty: it has the table {tables[0]}. Name an empty one."
            )
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE {NOTES} (name varchar(100) PRIMARY KEY, last text, rows integer)"
            )

    def read(self, name: str) -> tuple[Any, int]:
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT last, rows FROM {NOTES} WHERE name = %s", [name])  # noqa: S608
            found = cursor.fetchone()
        return (json.loads(found[0]), found[1]) if found else (None, 0)

    def write(self, name: str, last: Any, rows: int = 0) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {NOTES} (name, last, rows) VALUES (%s, %s, %s) "  # noqa: S608
                f"ON CONFLICT (name) DO UPDATE SET last = excluded.last, "
                f"rows = {NOTES}.rows + excluded.rows",
                [name, json.dumps(last), rows],
            )

    def drop(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {NOTES}")


def move(source: str, target: str, say: Say) -> None:
    """Raises Refused. The old database is only read."""
    if missing := missing_migrations(source):
        raise Refused(f"This database lacks {missing[0]}. Run manage.py migrate first.")
    notes = Notes(target)
    notes.prepare()
    if not notes.read(TABLES_MADE)[0]:
        make_tables(target)
        notes.write(TABLES_MADE, DONE)
    for model in kept_models():
        copy(model, source, target, notes)
        say(f"{model._meta.db_table}: {notes.read(model._meta.db_table)[1]:,} rows")
    copy_numbers(source, target)
    if different := different_tables(source, target, say):
        raise Refused(
            f"These tables differ: {', '.join(different)}. Was the old database changed since the "
            "move began? Delete the new one and begin again."
        )
    notes.drop()


def copy(model: type[Model], source: str, target: str, notes: Notes) -> None:
    name = model._meta.db_table
    last, _ = notes.read(name)
    if last == DONE:
        return
    copy_table(model, source, target, lambda key, rows: notes.write(name, key, rows), last)
    notes.write(name, DONE)
