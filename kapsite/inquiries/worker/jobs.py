"""The scheduled jobs that the worker runs between messages, a little at a time."""

from datetime import datetime

from django.utils import timezone

from kapsite.clinic import days
from kapsite.inquiries.data_protection import erasure, retention
from kapsite.inquiries.desk.reports import system_status
from kapsite.inquiries.models.job import JobName, ScheduledJob
from kapsite.inquiries.models.logs.erasure_log import Rule
from kapsite.operations.alerts.models import Alert, AlertKind

from . import digest, lead_mail


def run_due() -> bool:
    """Run what is due, one batch at a time. Returns whether more is due right away."""
    watch_disk(timezone.now())
    lead_mail.notify_flood(timezone.now())
    lead_mail.notify_overdue(timezone.now())
    lead_mail.notify_withdrawn(timezone.now())
    digest.send_due_digest()
    digest.retry_missed(timezone.now())
    return delete_withdrawn() or purge() or scrub()


def watch_disk(now: datetime) -> None:
    """Raise an alert once an hour while the disk is nearly full."""
    if not system_status.disk().is_well:
        Alert.objects.raise_hourly(AlertKind.DISK, now)
    elif Alert.objects.filter(kind=AlertKind.DISK).exists():
        Alert.objects.clear(AlertKind.DISK)


def delete_withdrawn() -> bool:
    """Delete what was withdrawn long enough ago. Returns whether any may be left.

    Several workers may do it at once: each deletes what it finds, and none of it twice.
    """
    due = retention.withdrawn_long_ago()
    keys = list(due.values_list("pk", flat=True)[: retention.BATCH])
    return bool(keys and erasure.erase(due.filter(pk__in=keys), Rule.WITHDRAWN))


def purge() -> bool:
    """Once a day, delete requests whose retention has ended. Returns whether any may be left."""
    day = days.today()
    if not ScheduledJob.objects.take(JobName.PURGE, timezone.now(), day):
        return False
    is_more = bool(retention.purge_batch())
    ScheduledJob.objects.give_back(JobName.PURGE, **({} if is_more else {"done_on": day}))
    return is_more


def scrub() -> bool:
    """Overwrite what was deleted, even if the worker that deleted it has died."""
    now = timezone.now()
    if erasure.needs_scrub() and ScheduledJob.objects.take(JobName.SCRUB, now):
        if erasure.scrub():
            ScheduledJob.objects.give_back(JobName.SCRUB)
        else:
            ScheduledJob.objects.try_later(JobName.SCRUB, now)
    return False
