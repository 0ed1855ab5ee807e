"""How many requests came from one network, and in total, within the hour; not from which.

One row for each thing counted and half an hour, in the database so that all workers and machines
count together. It is a keyed digest and a count: without FIELD_KEYS no way leads back to the
network, nor from one half hour to the next, nor to an inquiry.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from django.db import Error, connection, models

from kapsite.encryption.keyring import keyring
from kapsite.inquiries.models.bulk_insert import one_transaction

SLOT = 30 * 60  # seconds; this slot and the last one count, so between half an hour and an hour


class Last:
    """The half hour in which this process last forgot."""

    slot = -1


class RecentSenderQuerySet(models.QuerySet["RecentSender"]):
    @contextmanager
    def counted(self, names: Sequence[str], now: datetime) -> Iterator[list[int]]:
        """A transaction, and the count of each name with this time; if it fails, it didn't count.

        SQLite counts in the transaction itself, since it has one writer at a time. On PostgreSQL
        all others would wait for a counter until this transaction is on the disk.
        """
        apart = connection.vendor != "sqlite"
        counts = self.count_up(names, now) if apart else []
        try:
            with one_transaction():
                yield counts or self.count_up(names, now)
        except BaseException:
            if apart:
                with suppress(Error):  # the one that is raised says more
                    self.take_back(names, now)
            raise

    def count_up(self, names: Sequence[str], now: datetime) -> list[int]:
        """Count each name once more, and return its count; those of an hour ago are forgotten.

        In a transaction others who count the same wait until that ends; so a name that all of
        them count comes first, and no two wait for each other.
        """
        slot = slot_of(now)
        if slot != Last.slot:  # once for each process and half hour: it reads every row
            self.forget_old(now)
            Last.slot = slot
        return self._add(1, names, now)

    def take_back(self, names: Sequence[str], now: datetime) -> None:
        """Undo ``count_up``."""
        self._add(-1, names, now)

    def _add(self, number: int, names: Sequence[str], now: datetime) -> list[int]:
        pairs = [[digest_of(name, each) for each in living_slots(now)] for name in names]
        row = f"(%s, {slot_of(now)}, {max(number, 0)})"
        sql = UPSERT.format(
            ", ".join([row] * len(names)), number, " ".join(["WHEN %s THEN %s"] * len(names))
        )
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            sql += WITHOUT_WAITING
        values = [digest for digest, _ in pairs] + [digest for pair in pairs for digest in pair]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            counts = {digest: count for digest, count, *_ in cursor.fetchall()}
        return [counts[digest] for digest, _ in pairs]

    def forget_old(self, now: datetime) -> None:
        self.exclude(slot__in=living_slots(now)).delete()


class RecentSender(models.Model):
    digest = models.CharField(max_length=41, primary_key=True)
    slot = models.PositiveIntegerField()
    sent = models.PositiveIntegerField()

    objects = RecentSenderQuerySet.as_manager()

    def __str__(self):
        return f"A sender in half hour {self.slot}"


# In SQL, because a person waits meanwhile: with the ORM a form took 12 % longer.
_TABLE = RecentSender._meta.db_table
UPSERT = (  # one statement: nothing is lost between two workers
    f"INSERT INTO {_TABLE} (digest, slot, sent) VALUES {{}} "  # noqa: S608
    f"ON CONFLICT (digest) DO UPDATE SET sent = {_TABLE}.sent + ({{}}) "
    f"RETURNING digest, sent + coalesce((SELECT last.sent FROM {_TABLE} AS last "
    f"WHERE last.digest = CASE {_TABLE}.digest {{}} END), 0)"  # with the slot before
)
# A count is no loss: its commit does not wait for the disk, nor does who counts the same.
WITHOUT_WAITING = ", set_config('synchronous_commit', 'off', true)"


def slot_of(now: datetime) -> int:
    return int(now.timestamp()) // SLOT


def living_slots(now: datetime) -> list[int]:
    return [slot_of(now), slot_of(now) - 1]


def digest_of(name: str, slot: int) -> str:
    return keyring().digest(f"sender:{slot}:{name}")
