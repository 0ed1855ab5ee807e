"""Which keys may have encrypted rows, so that none of them is taken out of FIELD_KEYS too early.

A key id tells nothing about its key, and every stored value begins with one anyway.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models, transaction
from django.utils import timezone

from kapsite.encryption.keyring import keyring

_recorded: set[str] = set()  # by this process, and committed


class KeyInUseQuerySet(models.QuerySet["KeyInUse"]):
    def record(self) -> None:
        """The first of FIELD_KEYS encrypts from here on."""
        self.get_or_create(key_id=keyring().current)

    @contextmanager
    def record_once(self) -> Iterator[None]:
        """The same, asking the database only the first time, together with the row that is stored
        inside: both are stored, or neither."""
        current = keyring().current
        if current in _recorded:
            yield
            return
        with transaction.atomic():
            self.record()
            yield
        transaction.on_commit(lambda: _recorded.add(current))

    def missing(self) -> list["KeyInUse"]:
        """Keys that are not in FIELD_KEYS although rows may need them, the oldest first."""
        return list(self.exclude(key_id__in=keyring().ciphers).order_by("first_used"))

    def forget_others(self) -> None:
        """Call it when the first key alone decrypts everything."""
        self.exclude(key_id=keyring().current).delete()


class KeyInUse(models.Model):
    key_id = models.CharField(max_length=8, primary_key=True)
    first_used = models.DateTimeField(default=timezone.now)

    objects = KeyInUseQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.key_id}, in use since {self.first_used:%Y-%m-%d}"
