"""The scheduled jobs of the worker. If several workers run, only one runs a job at a time.

A worker takes a job for the length of a lease. If it dies, another takes the job when the lease
ends, so every job runs at least once, and in rare cases twice.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q

LEASE = timedelta(minutes=5)  # longer than one sending or one batch; also the wait after a failure
LONG_WAIT = timedelta(hours=1)


class JobName(models.TextChoices):
    OVERDUE = "overdue", "Tell the lead what is overdue"
    DIGEST = "digest", "Send the daily digest"
    REMINDERS = "reminders", "Remind editors of what is due, once a week"
    FLOOD = "flood", "Tell staff about a flood of requests"
    PURGE = "purge", "Delete what is past its time"
    SCRUB = "scrub", "Overwrite what was deleted"
    RETRY = "retry", "Send the digest to addresses that mail to leads didn't reach"


class ScheduledJobQuerySet(models.QuerySet["ScheduledJob"]):
    def take(self, name: JobName, now: datetime, day: date | None = None) -> bool:
        """Is it ours for now? With ``day``: only if it was not done on that day yet."""
        self.get_or_create(name=name)
        clock_was_put_back = Q(taken_until__gt=now + LONG_WAIT)
        free = self.filter(Q(taken_until=None) | Q(taken_until__lte=now) | clock_was_put_back)
        if day:
            free = free.filter(Q(done_on=None) | ~Q(done_on=day))
        return bool(free.filter(name=name).update(taken_until=now + LEASE))

    def give_back(self, name: JobName, **done) -> None:
        self.filter(name=name).update(taken_until=None, **done)

    def try_later(self, name: JobName, now: datetime) -> None:
        self.filter(name=name).update(taken_until=now + LONG_WAIT)

    def missed(self) -> list[str]:
        """The addresses that the last mail to several did not reach."""
        rows = self.filter(name=JobName.RETRY).values_list("missed", flat=True)
        return [address for row in rows for address in row.splitlines()]

    def set_missed(self, addresses: Iterable[str], **changes) -> None:
        missed = "\n".join(dict.fromkeys(addresses))
        self.update_or_create(name=JobName.RETRY, defaults={"missed": missed} | changes)


class ScheduledJob(models.Model):
    name = models.CharField(max_length=10, choices=JobName, primary_key=True)
    taken_until = models.DateTimeField(null=True)
    done_on = models.DateField(null=True)  # of those that are done once a day
    done_at = models.DateTimeField(null=True)  # when the last complete run began
    missed = models.TextField(blank=True)  # of RETRY: the addresses, one a line

    objects = ScheduledJobQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.get_name_display()
