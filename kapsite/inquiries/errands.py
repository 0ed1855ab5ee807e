"""What a worker does beside sending notices. However many there are, one at a time does it.

A worker takes an errand for the time of a lease. If it dies, another one takes it after that,
so that an errand is done at least once, and in the rarest case twice.
"""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q

LEASE = timedelta(minutes=5)  # longer than one sending or one batch; also the wait after a failure


class Name(models.TextChoices):
    OVERDUE = "overdue", "Tell the lead what is overdue"
    DIGEST = "digest", "Send the daily digest"
    PURGE = "purge", "Delete what is past its time"


class ErrandQuerySet(models.QuerySet["Errand"]):
    def take(self, name: Name, now: datetime, day: date | None = None) -> bool:
        """Is it ours for now? With ``day``: only if it was not done on that day yet."""
        self.get_or_create(name=name)
        free = Q(taken_until=None) | Q(taken_until__lte=now) | Q(taken_until__gt=now + LEASE)
        mine = self.filter(free, name=name)
        if day:
            mine = mine.filter(Q(done_on=None) | ~Q(done_on=day))
        return bool(mine.update(taken_until=now + LEASE))

    def give_back(self, name: Name, done_on: date | None = None) -> None:
        done = {"done_on": done_on} if done_on else {}
        self.filter(name=name).update(taken_until=None, **done)

    def was_done(self, name: Name, day: date) -> bool:
        return self.filter(name=name, done_on=day).exists()


class Errand(models.Model):
    name = models.CharField(max_length=10, choices=Name, primary_key=True)
    taken_until = models.DateTimeField(null=True)
    done_on = models.DateField(null=True)  # of those that are done once a day

    objects = ErrandQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.get_name_display()
