"""Model fields that the database stores encrypted."""

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact

from kapsite.keys import keyring


class EncryptedTextField(models.TextField):
    """Text that is encrypted on its way into the database and decrypted on its way out.

    The empty string stays empty, so that constraints can tell whether there is a value.
    Table and column are bound in: a value copied to another column does not open.
    """

    def get_db_prep_save(self, value, connection):
        if hasattr(value, "as_sql"):  # an expression; bulk_update's comes back here as text
            return value
        value = self.get_prep_value(value)
        return keyring().encrypt(value, self.place) if value else value

    def from_db_value(self, value, expression, connection):
        return keyring().decrypt(value, self.place) if value else value

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_lookup(self, lookup_name):
        """Only "is it empty": the same text never encrypts to the same bytes twice."""
        return {"exact": IsEmpty, "isnull": super().get_lookup("isnull")}.get(lookup_name)

    def get_transform(self, lookup_name):
        return None


class IsEmpty(Exact):
    def get_prep_lookup(self):
        if self.rhs != "":
            raise FieldError("Encrypted fields can only be compared with the empty string.")
        return self.rhs
