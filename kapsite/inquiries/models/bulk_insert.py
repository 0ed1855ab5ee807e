"""INSERT with fewer statements than Django sends, and written in less time."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from types import NoneType
from typing import Any

from django.core.exceptions import FieldError
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import CharField, Field, Model

from kapsite.encryption.fields import encrypted_fields

Statement = tuple[str, list[Any]]  # and its parameters
# A row id that the database draws itself; as Django stores a UUID.
NEW_ROW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
AS_STORED = {bool, int, NoneType}


class Sql(str):
    """A piece of SQL in place of a value."""


def insert(row: Model, prepared: Statement, others: Callable[[Any], list[Statement]]) -> None:
    """Insert ``row``, and what ``others`` gives for its key. There is no receiver of its signals.

    ``prepared`` is its ``statement``, made before others have to wait. PostgreSQL gets all in one
    message, which by itself is one transaction; the key is SQL in it.
    """
    key, table = row._meta.pk, row._meta.db_table
    first = (f"{prepared[0]} RETURNING {key.column}", prepared[1])
    with connection.cursor() as cursor:
        if takes_all_at_once():
            drawn = Sql(f"currval('{table}_{key.column}_seq')")
            cursor.execute(*joined([first, *others(drawn)]))
            row.pk = cursor.fetchone()[0]
        else:
            cursor.execute(*first)
            row.pk = cursor.fetchone()[0]
            for each in others(row.pk):
                cursor.execute(*each)
    row._state.adding, row._state.db = False, connection.alias


def one_transaction() -> AbstractContextManager:
    """For an ``insert``: none where that is sent in one message."""
    if takes_all_at_once() and not connection.in_atomic_block:
        return nullcontext()
    return transaction.atomic(durable=True)


def takes_all_at_once() -> bool:
    features: Any = connection.features
    return connection.vendor == "postgresql" and not features.uses_server_side_binding


def joined(statements: list[Statement]) -> Statement:
    return (
        "; ".join(sql for sql, _ in statements),
        [value for _, values in statements for value in values],
    )


def statement(row: Model) -> Statement:
    model = type(row)
    return statement_of_values(model, [stored(row, columns(model))])


def statement_of_values(model: type[Model], rows: Sequence[Sequence[Any]]) -> Statement:
    """One INSERT for rows of values, each as it is stored; in the order of ``columns``."""
    places = [f"({', '.join(each if type(each) is Sql else '%s' for each in row)})" for row in rows]
    sql = f"{beginning(model)} VALUES {', '.join(places)}"
    return sql, [value for row in rows for value in row if type(value) is not Sql]


def new_row(model: type[Model], **given: Any) -> list[Any]:
    """The values of a row with ``given``, as they are stored, and else with its defaults.

    Without a model instance, which takes longer than to insert it. It can't encrypt.
    """
    database = connections[DEFAULT_DB_ALIAS]
    known = fixed_defaults(model) | given
    return [
        known[each.attname]
        if each.attname in known
        else each.get_db_prep_save(each.get_default(), database)
        for each in columns(model)
    ]


@cache
def fixed_defaults(model: type[Model]) -> dict[str, Any]:
    """By column, as they are stored: those that are the same for each row."""
    database = connections[DEFAULT_DB_ALIAS]
    return {
        each.attname: each.get_db_prep_save(each.get_default(), database)
        for each in columns(model)
        if not callable(each.default)
    }


@cache
def columns(model: type[Model]) -> list[Field]:
    """All fields but the primary key, which the database draws."""
    return [each for each in model._meta.concrete_fields if not each.primary_key]


@cache
def beginning(model: type[Model]) -> str:
    return f"INSERT INTO {model._meta.db_table} ({', '.join(quoted(columns(model)))})"


def quoted(fields: Iterable[Field]) -> list[str]:
    return [connection.ops.quote_name(str(each.column)) for each in fields]


def stored(row: Model, fields: Iterable[Field]) -> list[Any]:
    database = connections[DEFAULT_DB_ALIAS]  # `connection` would look it up for each field
    values = [(each, each.pre_save(row, add=True)) for each in fields]
    return [
        value if is_as_stored(value, each) else each.get_db_prep_save(value, database)
        for each, value in values
    ]


def is_as_stored(value: Any, field: Field) -> bool:
    """So are most: no field changes a number, None or "", and few change text."""
    kind = type(value)
    return kind in AS_STORED or (kind is str and (not value or isinstance(field, CharField)))


def insert_for_each(keys: Sequence[int], row: Model, parent: str) -> int:
    """Insert ``row`` once for each ``parent`` that has one of ``keys``; how many there were.

    Each has a row id of its own, so that none can hold an encrypted value.
    """
    meta = row._meta
    if written := [each.name for each in encrypted_fields(type(row)) if getattr(row, each.name)]:
        raise FieldError(f"{', '.join(written)} would be encrypted for one row and stored in many.")
    field: Any = meta.get_field(parent)
    row_id: Any = meta.get_field("row_id")
    others = [each for each in columns(type(row)) if each not in (field, row_id)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({', '.join(quoted([field, row_id, *others]))}) "  # noqa: S608
            f"SELECT id, {NEW_ROW_ID[connection.vendor]}{', %s' * len(others)} "
            f"FROM {field.related_model._meta.db_table} "
            f"WHERE id IN ({', '.join(['%s'] * len(keys))}) ORDER BY id",
            [*stored(row, others), *keys],
        )
        return cursor.rowcount
