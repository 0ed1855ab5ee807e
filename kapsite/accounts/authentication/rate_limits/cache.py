"""A cache in the database, shared by all workers, for rate limits.

It holds JSON only. Django's database cache pickles values, so anyone who can write to its table
could run code on the server.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kapsite.accounts.models import CacheEntry


class JsonCache(BaseCache):
    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        entry = self._living(key, version).first()
        try:
            return json.loads(entry.value) if entry else default
        except ValueError:  # not written by this cache
            return default

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        CacheEntry.objects.bulk_create(
            [self._entry(key, value, timeout, version)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["value", "expires_at"],
        )

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        entry = self._entry(key, value, timeout, version)
        try:
            with transaction.atomic():
                CacheEntry.objects.filter(pk=entry.pk, expires_at__lte=timezone.now()).delete()
                entry.save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add ``delta`` to an existing number; its expiry stays."""
        with transaction.atomic():
            entry = self._living(key, version).select_for_update().first()
            if entry is None:
                raise ValueError(f"The cache has no {key!r}.")
            value = json.loads(entry.value) + delta
            entry.value = as_json(key, value)
            entry.save(update_fields=["value"])
        return value

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._living(key, version).update(expires_at=self._end(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(CacheEntry.objects.filter(pk=self._name(key, version)).delete()[0])

    def clear(self) -> None:
        CacheEntry.objects.all().delete()

    def _name(self, key: str, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _living(self, key: str, version: int | None) -> QuerySet[CacheEntry]:
        lives = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return CacheEntry.objects.filter(lives, pk=self._name(key, version))

    def _entry(self, key: str, value: Any, timeout: Any, version: int | None) -> CacheEntry:
        text = as_json(key, value)
        self._make_room()
        return CacheEntry(self._name(key, version), text, self._end(timeout))

    def _end(self, timeout: Any) -> datetime | None:
        end = self.get_backend_timeout(timeout)
        return None if end is None else datetime.fromtimestamp(end, UTC)

    def _make_room(self) -> None:
        """At MAX_ENTRIES, delete expired entries, then those that expire next."""
        if CacheEntry.objects.count() < self._max_entries:
            return
        CacheEntry.objects.filter(expires_at__lte=timezone.now()).delete()
        too_many = CacheEntry.objects.count() - self._max_entries * 2 // 3
        if too_many > 0:
            next_over = CacheEntry.objects.order_by("expires_at").values("pk")[:too_many]
            CacheEntry.objects.filter(pk__in=next_over).delete()


def as_json(key: str, value: Any) -> str:
    try:
        text = json.dumps(value, allow_nan=False)
        if json.loads(text) == value:
            return text
    except (TypeError, ValueError, RecursionError):
        pass
    raise TypeError(
        f"The value for {key!r} is not JSON. The cache takes what JSON gives back as it was: "
        "text, numbers, true, false, null, lists, and dicts whose keys are text."
    )
