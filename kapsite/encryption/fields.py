"""Text that the database stores encrypted, each value for its own row.

A value is bound to its table, its column and its row (row_binding.py): copied or moved anywhere
else in the database it does not open. It is decrypted when it is first read from an instance,
which knows its row.
"""

import logging
from functools import cache, lru_cache

from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact
from django.db.models.query_utils import DeferredAttribute

from .keyring import Unreadable, keyring

logger = logging.getLogger(__name__)


class Sealed:
    """A value as the database has it."""

    __slots__ = ("stored",)

    def __init__(self, stored: str):
        self.stored = stored

    def __str__(self):
        raise FieldError("An encrypted value opens only as an attribute of its own instance.")


class UnreadableText(str):
    """Stands on a page for a value that does not open. Saving it keeps what is stored."""

    sealed: Sealed


class EncryptedAttribute(DeferredAttribute):
    field: "EncryptedTextField"

    def __get__(self, instance, cls=None):
        value = super().__get__(instance, cls)
        if type(value) is Sealed:
            value = instance.__dict__[self.field.attname] = self.field.open(value, instance)
        return value

    def __set__(self, instance, value):  # without it, Python would not ask __get__
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text that is encrypted on its way into the database and decrypted when it is read.

    Reading raises Unreadable if the value was changed or moved, or its key is missing. The empty
    string stays empty, so that constraints can tell whether there is a value.
    """

    descriptor_class = EncryptedAttribute

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    @property
    def how_to_write(self) -> str:
        return (
            f"{self.model.__name__}.{self.name} is encrypted for its row, which update(), "
            "bulk_update() and raw saves do not know. Set it on the instance and call save()."
        )

    def seal(self, text: str, binding: str) -> Sealed:
        return Sealed(keyring().encrypt(text, self.place, binding))

    def open(self, sealed: Sealed, instance) -> str:
        try:
            return keyring().decrypt(sealed.stored, self.place, instance.row_binding())
        except Unreadable as error:
            log_once(f"Row {instance.pk}: {error}")
            raise

    def pre_save(self, model_instance, add):
        value = getattr(model_instance, self.attname)
        if isinstance(value, UnreadableText) and not add:
            return value.sealed
        if not value or hasattr(value, "as_sql"):
            return value
        return self.seal(self.get_prep_value(value), model_instance.row_binding())

    def get_db_prep_save(self, value, connection):
        """Takes only what ``pre_save`` encrypted, which knows the row."""
        if isinstance(value, Sealed):
            return value.stored
        if value is None or (isinstance(value, str) and not value):
            return value
        raise FieldError(self.how_to_write)

    def from_db_value(self, value, expression, connection):
        return Sealed(value) if value else value

    def select_format(self, compiler, sql, params):
        if not compiler.query.default_cols:
            raise FieldError(
                f"{self.model.__name__}.{self.name} is encrypted for its row, so values() and "
                f"values_list() cannot read it. Load instances, for example with only()."
            )
        return sql, params

    def get_lookup(self, lookup_name):
        """Only "is it empty": the same text never encrypts to the same bytes twice."""
        return {"exact": IsEmpty, "isnull": super().get_lookup("isnull")}.get(lookup_name)

    def get_transform(self, lookup_name):
        return None

    def check(self, **kwargs):
        found = super().check(**kwargs)
        if not hasattr(self.model, "row_binding"):
            hint = "Derive the model from RowBound."
            found.append(
                checks.Error("Its row has no id to bind it to.", hint, self, "fields.E001")
            )
        return found


class IsEmpty(Exact):
    def get_prep_lookup(self):
        if self.rhs != "":
            raise FieldError("Encrypted fields can only be compared with the empty string.")
        return self.rhs


@cache
def encrypted_fields(model: type[models.Model]) -> list[EncryptedTextField]:
    return [each for each in model._meta.concrete_fields if isinstance(each, EncryptedTextField)]


@lru_cache(maxsize=1000)
def log_once(line: str) -> None:
    """A page that shows the value may be loaded again and again."""
    logger.error(line)
