"""Copies the rows of a table from one database to another, in bounded memory, and compares them.

Values are read and written as stored: an encrypted one is bound to its table, column and row, and
all of these stay the same.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from django.db import connections, transaction
from django.db.models import BinaryField, Model

from kapsite.encryption.fields import Sealed

from .tables import kept_models, key_of, pointed_to

BATCH = 2_000  # rows
Row = list[Any]


def read(model: type[Model], alias: str, after: Any = None) -> Iterator[Row]:
    """The rows by primary key, behind ``after``; encrypted values as they are stored."""
    rows = model._base_manager.using(alias).order_by("pk")
    rows = rows if after is None else rows.filter(pk__gt=after)
    compiler = rows.query.get_compiler(using=alias)
    for row in compiler.results_iter(chunked_fetch=True, chunk_size=size_of_batch(model)):
        yield [value.stored if type(value) is Sealed else value for value in row]


def size_of_batch(model: type[Model]) -> int:
    """Rows; files are large, so one at a time."""
    is_large = any(isinstance(field, BinaryField) for field in model._meta.concrete_fields)
    return 1 if is_large else BATCH


def batches(model: type[Model], alias: str, after: Any = None) -> Iterator[list[Row]]:
    rows = read(model, alias, after)
    while batch := list(islice(rows, size_of_batch(model))):
        yield batch


def write(model: type[Model], alias: str, batch: list[Row]) -> None:
    connection = connections[alias]
    quote, fields = connection.ops.quote_name, model._meta.concrete_fields
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    prepared = [
        [
            field.get_db_prep_value(value, connection)
            for field, value in zip(fields, row, strict=True)
        ]
        for row in batch
    ]
    with connection.cursor() as cursor:
        table = quote(model._meta.db_table)
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values})", prepared)  # noqa: S608


Note = Callable[[Any, int], None]
Say = Callable[[str], None]


def copy_table(
    model: type[Model], source: str, target: str, note: Note | None = None, after: Any = None
) -> None:
    """A batch is one transaction, in which ``note`` gets its last key and its number of rows.

    Rows that point to others of their own table are all written in one transaction, at whose end
    the database looks whether these are there.
    """
    place, _ = key_of(model)
    as_a_whole = model in pointed_to(model)
    with transaction.atomic(target) if as_a_whole else nullcontext():
        for batch in batches(model, source, after):
            with transaction.atomic(target, savepoint=False):
                write(model, target, batch)
                if note:
                    note(batch[-1][place], len(batch))


class Fingerprint(NamedTuple):
    """Equal for equal rows, whichever database holds them and in whatever order it sorts them."""

    rows: int
    digest: str


def fingerprint(model: type[Model], alias: str) -> Fingerprint:
    rows = total = 0
    for row in read(model, alias):
        rows += 1
        total += int.from_bytes(sha256(repr([*map(comparable, row)]).encode()).digest())
    return Fingerprint(rows, f"{total % 2**128:032x}")


def comparable(value: Any) -> Any:
    """PostgreSQL sorts the keys of JSON in its own way, and returns files as a view."""
    if isinstance(value, memoryview):
        return bytes(value)
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def different_tables(source: str, target: str, say: Say = lambda line: None) -> list[str]:
    """The tables that differ; ``say`` gets a line about each table."""
    different = []
    for model in kept_models():
        name = model._meta.db_table
        old, new = fingerprint(model, source), fingerprint(model, target)
        if old != new:
            different.append(name)
        verdict = "as before" if old == new else "NOT as before"
        say(f"{name}: {new.rows:,} rows, digest {new.digest[:16]}, {verdict}")
    return different


def copy_all(source: str, target: str) -> None:
    for model in kept_models():
        copy_table(model, source, target)
    copy_numbers(source, target)


def copy_numbers(source: str, target: str) -> None:
    """Let new rows have numbers above all that were ever given, those of deleted rows too: a link
    that someone kept must not lead to another person's request."""
    for model in kept_models():
        number = last_number(source, model)
        if number:
            set_last_number(target, model, number)


def last_number(alias: str, model: type[Model]) -> int:
    connection, table = connections[alias], model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key_of(model)[1]])
            sequence = cursor.fetchone()[0]
            if not sequence:
                return 0
            cursor.execute(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608
        row = cursor.fetchone()
    return row[0] if row else 0


def set_last_number(alias: str, model: type[Model], number: int) -> None:
    connection, table = connections[alias], model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number]
            )
        else:
            sql = "SELECT setval(pg_get_serial_sequence(%s, %s), %s)"
            cursor.execute(sql, [table, key_of(model)[1], number])
