"""What the worker does between two looks at the outbox: a little at a time."""

from datetime import datetime, timedelta

from django.utils import timezone

from kapsite.alerts.models import Alert, AlertKind
from kapsite.clinic import days
from kapsite.inquiries.data_protection import erasure, retention
from kapsite.inquiries.desk.overview import system_status
from kapsite.inquiries.models.job import Errand, Name

from . import lead_mail


def do_some() -> bool:
    """Do a little of what is due; whether there is more of it to do at once."""
    watch_disk(timezone.now())
    lead_mail.tell_flood(timezone.now())
    lead_mail.tell_overdue(timezone.now())
    lead_mail.do_digest()
    return purge() or scrub()


def watch_disk(now: datetime) -> None:
    """Once an hour while it is nearly full, for the overview and the digest."""
    alerts = Alert.objects.filter(kind=AlertKind.DISK)
    if system_status.disk().is_well:
        if alerts.exists():
            Alert.objects.clear(AlertKind.DISK)
    elif not alerts.filter(last__gt=now - timedelta(hours=1)).exists():
        Alert.objects.raise_for(AlertKind.DISK, now=now)


def purge() -> bool:
    """Once a day what is past its time, batch by batch."""
    day = days.today()
    if not Errand.objects.take(Name.PURGE, timezone.now(), day):
        return False
    is_more = bool(retention.purge_batch())
    Errand.objects.give_back(Name.PURGE, **({} if is_more else {"done_on": day}))
    return is_more


def scrub() -> bool:
    """Whenever something was deleted, also when a worker died before it came to this."""
    now = timezone.now()
    if erasure.needs_scrub() and Errand.objects.take(Name.SCRUB, now):
        if erasure.scrub():
            Errand.objects.give_back(Name.SCRUB)
        else:
            Errand.objects.try_later(Name.SCRUB, now)
    return False
