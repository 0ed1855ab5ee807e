"""How many requests came from one network, and in total, within the hour; not from which.

One row for each thing counted and half an hour, in the database so that all workers and machines
count together. It is a keyed digest and a count: without FIELD_KEYS no way leads back to the
network, nor from one half hour to the next, nor to an inquiry.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, models
from django.db.models import F

from kapsite.encryption.keyring import keyring

SLOT = 30 * 60  # seconds; this slot and the last one count, so between half an hour and an hour


class Last:
    """The half hour in which this process last forgot."""

    slot = -1


class RecentSenderQuerySet(models.QuerySet["RecentSender"]):
    def count_of(self, names: Sequence[str], now: datetime) -> list[int]:
        """How often each name was counted within the hour; 0 for "", which is no name."""
        digests = [[digest_of(name, slot) for slot in living_slots(now)] for name in names if name]
        if not digests:
            return [0] * len(names)
        wanted = [digest for pair in digests for digest in pair]
        with connection.cursor() as cursor:
            cursor.execute(SELECT.format(", ".join(["%s"] * len(wanted))), wanted)
            found = dict(cursor.fetchall())
        sums = iter([sum(found.get(digest, 0) for digest in pair) for pair in digests])
        return [next(sums) if name else 0 for name in names]

    def count_up(self, names: Sequence[str], now: datetime) -> list[int]:
        """Count each name once more, and return its count; those of an hour ago are forgotten.

        Call it in the transaction of the inquiry. Until that ends, others who count the same wait;
        so a name that all of them count comes first, and no two wait for each other.
        """
        slot = slot_of(now)
        if slot != Last.slot:  # once for each process and half hour: it reads every row
            self.forget_old(now)
            Last.slot = slot
        pairs = [[digest_of(name, each) for each in living_slots(now)] for name in names]
        values = [value for digest, _ in pairs for value in (digest, slot)]
        sql = UPSERT.format(
            ", ".join(["(%s, %s, 1)"] * len(names)), " ".join(["WHEN %s THEN %s"] * len(names))
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, values + [digest for pair in pairs for digest in pair])
            counts = dict(cursor.fetchall())
        return [counts[digest] for digest, _ in pairs]

    def take_back(self, name: str, now: datetime) -> None:
        """Undo ``count_up``, within its transaction."""
        self.filter(digest=digest_of(name, slot_of(now))).update(sent=F("sent") - 1)

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
SELECT = f"SELECT digest, sent FROM {_TABLE} WHERE digest IN ({{}})"  # noqa: S608
UPSERT = (  # one statement: nothing is lost between two workers
    f"INSERT INTO {_TABLE} (digest, slot, sent) VALUES {{}} "  # noqa: S608
    f"ON CONFLICT (digest) DO UPDATE SET sent = {_TABLE}.sent + 1 "
    f"RETURNING digest, sent + coalesce((SELECT last.sent FROM {_TABLE} AS last "
    f"WHERE last.digest = CASE {_TABLE}.digest {{}} END), 0)"  # with the slot before
)


def slot_of(now: datetime) -> int:
    return int(now.timestamp()) // SLOT


def living_slots(now: datetime) -> list[int]:
    return [slot_of(now), slot_of(now) - 1]


def digest_of(name: str, slot: int) -> str:
    return keyring().digest(f"sender:{slot}:{name}")
