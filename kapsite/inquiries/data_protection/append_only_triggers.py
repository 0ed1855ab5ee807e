"""Triggers with which the database itself refuses to change or delete a row of a log.

One change is let through: `manage.py rotate_keys` encrypts a value with another key. So an
encrypted column may change alone, from one key's mark to another's, and neither from nor to
nothing. `INSERT OR REPLACE` of SQLite would delete without asking a trigger; that is refused too.
The owner of the tables can drop the triggers; the site itself never does.

They are installed after every `manage.py migrate`, since SQLite drops a table's triggers when
Django rebuilds the table.
"""

from django.apps import apps
from django.db import connections, transaction

from kapsite.encryption.fields import EncryptedTextField

LOGS = ("inquiries.Access", "inquiries.Erasure", "editor.ContentAction")
REFUSAL = "This record is added to, never changed or taken away."


def install(using="default", **_) -> None:
    """Install the triggers, or install them again. Receives `post_migrate`."""
    connection = connections[using]
    statements = on_sqlite if connection.vendor == "sqlite" else on_postgresql
    with transaction.atomic(using), connection.cursor() as cursor:
        for log in map(apps.get_model, LOGS):
            for statement in statements(log._meta.db_table, *columns_of(log)):
                cursor.execute(statement)


def columns_of(log) -> tuple[list[str], list[str]]:
    """The columns that never change, and the encrypted ones."""
    fields = log._meta.concrete_fields
    is_encrypted = {field.attname: isinstance(field, EncryptedTextField) for field in fields}
    fixed = [name for name, encrypted in is_encrypted.items() if not encrypted]
    return fixed, [name for name, encrypted in is_encrypted.items() if encrypted]


def on_sqlite(table: str, fixed: list[str], encrypted: list[str]):
    def refuse(name: str, event: str, condition: str = ""):
        yield f"DROP TRIGGER IF EXISTS {table}_{name}"
        yield (
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )

    yield from refuse("no_delete", "DELETE")
    yield from refuse("no_update", "UPDATE", f"WHEN {row('OLD', fixed)} IS NOT {row('NEW', fixed)}")
    is_there = f"SELECT 1 FROM {table} WHERE id = NEW.id"  # noqa: S608 -- our own table's name
    yield from refuse("no_replace", "INSERT", f"WHEN EXISTS ({is_there})")
    for column in encrypted:
        old, new = (f"instr({row}.{column}, ':')" for row in ("OLD", "NEW"))
        same_key = f"substr(OLD.{column}, 1, {old}) = substr(NEW.{column}, 1, {new})"
        condition = f"WHEN {old} = 0 OR {new} = 0 OR {same_key}"
        yield from refuse(f"same_key_{column}", f"UPDATE OF {column}", condition)


def on_postgresql(table: str, fixed: list[str], encrypted: list[str]):
    yield (
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )

    def refuse(name: str, event: str, each: str = "FOR EACH ROW"):
        yield (
            f"CREATE OR REPLACE TRIGGER {table}_{name} BEFORE {event} ON {table} "
            f"{each} EXECUTE FUNCTION {table}_refuse()"
        )

    yield from refuse("no_delete", "DELETE")
    yield from refuse("no_truncate", "TRUNCATE", "FOR EACH STATEMENT")
    changed = f"{row('OLD', fixed)} IS DISTINCT FROM {row('NEW', fixed)}"
    yield from refuse("no_update", "UPDATE", f"FOR EACH ROW WHEN ({changed})")
    for column in encrypted:
        old, new = (f"strpos({row}.{column}, ':') = 0" for row in ("OLD", "NEW"))
        same_key = f"split_part(OLD.{column}, ':', 1) = split_part(NEW.{column}, ':', 1)"
        condition = f"FOR EACH ROW WHEN ({old} OR {new} OR {same_key})"
        yield from refuse(f"same_key_{column}", f"UPDATE OF {column}", condition)


def row(name: str, columns: list[str]) -> str:
    return "({})".format(", ".join(f"{name}.{column}" for column in columns))
