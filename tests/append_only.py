"""Lets a test database be emptied between tests, although its triggers refuse that.

Django empties it with one statement for each table, in one transaction. Around it, and only in
the process of the tests, the triggers are away.
"""

from contextlib import contextmanager

from django.db.backends.base.operations import BaseDatabaseOperations

TABLES = ("editor_contentaction", "inquiries_access", "inquiries_erasure")
refuse = BaseDatabaseOperations.execute_sql_flush


def flush(operations, statements):
    connection = operations.connection
    if connection.vendor == "postgresql":
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES]
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        off = [f"DROP TRIGGER {name}" for name, _ in triggers]
        on = [sql for _, sql in triggers]
    refuse(operations, [*off, *statements, *on])


def allow_flush():
    BaseDatabaseOperations.execute_sql_flush = flush


@contextmanager
def refusing_flush():
    """Inside, emptying is as it is in production."""
    BaseDatabaseOperations.execute_sql_flush = refuse
    try:
        yield
    finally:
        allow_flush()
