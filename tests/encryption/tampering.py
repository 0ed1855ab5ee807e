"""What somebody can do who writes to the database, with SQL and without the keys."""

import uuid

from django.db import connection


def stored(row, *columns):
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {row._meta.db_table} WHERE id = %s", [row.pk])  # noqa: S608
        return cursor.fetchone()


def put(row, **values):
    names = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        statement = f"UPDATE {row._meta.db_table} SET {names} WHERE id = %s"  # noqa: S608
        cursor.execute(statement, [*values.values(), row.pk])


def swap(first, second, *columns):
    values = stored(first, *columns), stored(second, *columns)
    for row in (first, second):  # a unique column must not hold the same twice meanwhile
        if "row_id" in columns:
            put(row, row_id=uuid.uuid4().hex)
        if "reference" in columns:
            put(row, reference=f"X{row.pk}")
    put(first, **dict(zip(columns, values[1], strict=True)))
    put(second, **dict(zip(columns, values[0], strict=True)))


def drop_triggers():
    """Of the history that nobody may change: the owner of the tables can."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE inquiries_access DISABLE TRIGGER USER")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
