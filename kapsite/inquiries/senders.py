"""How many requests came from one internet address within the hour, and not from which.

One row for an address and half an hour, in the database so that all workers and machines
count together. It is a keyed digest and a count: without FIELD_KEYS no way leads back to the
address, nor from one half hour to the next, nor to an inquiry.
"""

from datetime import datetime

from django.db import connection, models

from kapsite.keys import keyring
from kapsite.security.networks import network_of

SLOT = 30 * 60  # seconds; this slot and the last one count, so between half an hour and an hour


class Last:
    """The half hour in which this process last forgot."""

    slot = -1


class RecentSenderQuerySet(models.QuerySet["RecentSender"]):
    def count_from(self, address: str, now: datetime) -> int:
        """Inquiries from ``address`` within the hour; 0 when there is no address."""
        if not (home := network_of(address)):
            return 0
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [digest_of(home, slot) for slot in living_slots(now)])
            return cursor.fetchone()[0]

    def add(self, address: str, now: datetime) -> None:
        """Count one more, and forget what is over. Call it in the transaction of the inquiry."""
        if home := network_of(address):
            slot = slot_of(now)
            if slot != Last.slot:  # once for each process and half hour: it reads every row
                self.forget_old(now)
                Last.slot = slot
            with connection.cursor() as cursor:
                cursor.execute(UPSERT, [digest_of(home, slot), slot])

    def forget_old(self, now: datetime) -> None:
        self.exclude(slot__in=living_slots(now)).delete()


class RecentSender(models.Model):
    digest = models.CharField(max_length=41, primary_key=True)
    slot = models.PositiveIntegerField()
    sent = models.PositiveIntegerField()

    objects = RecentSenderQuerySet.as_manager()

    def __str__(self):
        return f"A sender in half hour {self.slot}"


# In SQL, because a person waits meanwhile, and building such a statement takes Django longer than
# the database needs for it.
_TABLE = RecentSender._meta.db_table
COUNT = f"SELECT coalesce(sum(sent), 0) FROM {_TABLE} WHERE digest IN (%s, %s)"  # noqa: S608
UPSERT = (  # one statement: nothing is lost between two workers
    f"INSERT INTO {_TABLE} AS sender (digest, slot, sent) "  # noqa: S608
    "VALUES (%s, %s, 1) ON CONFLICT (digest) DO UPDATE SET sent = sender.sent + 1"
)


def slot_of(now: datetime) -> int:
    return int(now.timestamp()) // SLOT


def living_slots(now: datetime) -> list[int]:
    return [slot_of(now), slot_of(now) - 1]


def digest_of(home: str, slot: int) -> str:
    return keyring().digest(f"sender:{slot}:{home}")
