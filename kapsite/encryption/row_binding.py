"""What encrypted values are bound to: a random id of their row, which never changes."""

import uuid
from collections.abc import Iterable
from typing import ClassVar, TypeVar

from django.core.exceptions import FieldError
from django.db import models

from .fields import EncryptedTextField, Sealed, UnreadableText, encrypted_fields
from .keyring import Unreadable

CANNOT_BE_READ = "(cannot be read)"
M = TypeVar("M", bound=models.Model)


class RowBound(models.Model):
    """A model with encrypted fields. A copy of an instance needs a ``row_id`` of its own."""

    # Other columns that never change, to which the encrypted values are bound as well.
    bound_columns: ClassVar[tuple[str, ...]] = ()
    # Encrypted fields that code takes apart, such as numbers to dial.
    machine_read: ClassVar[tuple[str, ...]] = ()

    row_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def row_binding(self) -> str:
        return binding(self.row_id, [getattr(self, name) for name in self.bound_columns])

    def refresh_from_db(self, using=None, fields=None, from_queryset=None):
        """Loads a deferred value in one query together with what opens it."""
        fields = None if fields is None else with_binding(type(self), fields)
        super().refresh_from_db(using, fields, from_queryset)


B = TypeVar("B", bound=RowBound)


class RowBoundQuerySet(models.QuerySet[M]):
    """Refuses what would write a value without its row, or change what values are bound to."""

    def only(self, *fields):
        return super().only(*with_binding(self.model, fields))

    def update(self, **values):
        refuse(self.model, values)
        return super().update(**values)

    def bulk_update(self, objs, fields, batch_size=None):
        refuse(self.model, fields)
        return super().bulk_update(objs, fields, batch_size)

    def bulk_create(
        self,
        objs,
        batch_size=None,
        ignore_conflicts=False,
        update_conflicts=False,
        update_fields=None,
        unique_fields=None,
    ):
        refuse(self.model, update_fields or ())
        return super().bulk_create(
            objs, batch_size, ignore_conflicts, update_conflicts, update_fields, unique_fields
        )


def names_bound(model) -> tuple[str, ...]:
    return ("row_id", *model.bound_columns)


def binding(row_id: uuid.UUID, values: Iterable) -> str:
    """One text for the row id, which has a fixed length, and the values of ``bound_columns``."""
    return ":".join([row_id.hex, *map(str, values)])


def binding_of(model, row: dict) -> str:
    """The same for a row given by values() with ``names_bound``."""
    return binding(row["row_id"], [row[name] for name in model.bound_columns])


def with_binding(model, names: Iterable[str]) -> set[str]:
    """``names`` of fields, and what it takes to open those of them that are encrypted."""
    requested = set(names)
    is_any_encrypted = requested & {field.name for field in encrypted_fields(model)}
    return requested | set(names_bound(model)) if is_any_encrypted else requested


def refuse(model, names: Iterable[str]) -> None:
    refusals = {field.name: field.how_to_write for field in encrypted_fields(model)}
    for name in names_bound(model):
        refusals[name] = f"{model.__name__}.{name} never changes: encrypted values are bound to it."
    for name in names:
        if name in refusals:
            raise FieldError(refusals[name])


# For pages that show a row to staff: what can be read helps them even if another value does not
# open. All other code gets Unreadable when it reads such a value.


def replace_unreadable(instance: B) -> B:
    """With ``CANNOT_BE_READ`` in place of each loaded value that does not open; with nothing in
    place of one that is ``machine_read``."""
    for field in encrypted_fields(type(instance)):
        sealed = instance.__dict__.get(field.attname)
        if not isinstance(sealed, Sealed):
            continue
        try:
            getattr(instance, field.attname)
        except Unreadable:
            is_for_people = field.name not in instance.machine_read
            text = UnreadableText(CANNOT_BE_READ if is_for_people else "")
            text.sealed = sealed
            setattr(instance, field.attname, text)
    return instance


def unreadable_in(instance: RowBound) -> list[EncryptedTextField]:
    """What ``replace_unreadable`` replaced."""
    return [
        field
        for field in encrypted_fields(type(instance))
        if isinstance(instance.__dict__.get(field.attname), UnreadableText)
    ]
