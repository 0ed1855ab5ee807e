# ruff: noqa: S608 -- the names are those of our own tables
"""Empties a test database after each test that commits, although its triggers refuse that.

Django's own `flush` sends `post_migrate`, which makes every permission, role and trigger again:
ten times the work. Here what `migrate` left stays, and is put right if a test has changed it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction
from django.test import TransactionTestCase

LOGS = ("editor_contentaction", "inquiries_access", "inquiries_erasure")


class AsMigrated:
    """What a database contains before any test."""

    def __init__(self, connection):
        introspection = connection.introspection
        names = introspection.django_table_names(only_existing=True, include_views=False)
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            self.rows = {quote(name): rows_of(cursor, quote(name)) for name in names}
            self.triggers = triggers_of(cursor) if connection.vendor == "sqlite" else {}

    def restore(self, connection) -> None:
        with transaction.atomic(connection.alias), without_triggers(connection, self.triggers):
            cursor = connection.cursor()
            for table, rows in self.rows.items():
                if rows and rows_of(cursor, table) == rows:
                    continue
                cursor.execute(f"DELETE FROM {table}")
                if rows:
                    places = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows)


def rows_of(cursor, table: str) -> list[tuple]:
    cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
    return cursor.fetchall()


def triggers_of(cursor) -> dict[str, str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(cursor.fetchall())


@contextmanager
def without_triggers(connection, after: dict[str, str] | None = None) -> Iterator[None]:
    """Inside, nothing refuses. On SQLite the triggers ``after`` it may be given."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            now = triggers_of(cursor)
            off = [f"DROP TRIGGER {name}" for name in now]
            on = [*(now if after is None else after).values()]
        else:
            off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in LOGS]
            on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in LOGS]
        for statement in off:
            cursor.execute(statement)
        yield
        for statement in on:
            cursor.execute(statement)


def empty_quickly(as_migrated: AsMigrated) -> None:
    """Let Django's tests that commit end this way."""

    def restore(_test):
        as_migrated.restore(connections["default"])

    TransactionTestCase._fixture_teardown = restore
