"""One statement for thousands of rows that differ in their parent alone."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import Model

from kapsite.encryption.fields import encrypted_fields

# A row id that the database draws itself; as Django stores a UUID.
NEW_ROW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def insert_for_each(keys: Sequence[int], row: Model, parent: str) -> int:
    """Insert ``row`` once for each ``parent`` that has one of ``keys``; how many there were.

    Each has a row id of its own, so that none can hold an encrypted value.
    """
    meta = row._meta
    if written := [each.name for each in encrypted_fields(type(row)) if getattr(row, each.name)]:
        raise FieldError(f"{', '.join(written)} would be encrypted for one row and stored in many.")
    field: Any = meta.get_field(parent)
    row_id = meta.get_field("row_id")
    others = [
        each
        for each in meta.concrete_fields
        if not each.primary_key and each not in (field, row_id)
    ]
    columns = [connection.ops.quote_name(str(each.column)) for each in (field, row_id, *others)]
    values = [each.get_db_prep_save(each.pre_save(row, add=True), connection) for each in others]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({', '.join(columns)}) "  # noqa: S608
            f"SELECT id, {NEW_ROW_ID[connection.vendor]}{', %s' * len(others)} "
            f"FROM {field.related_model._meta.db_table} "
            f"WHERE id IN ({', '.join(['%s'] * len(keys))}) ORDER BY id",
            [*values, *keys],
        )
        return cursor.rowcount
