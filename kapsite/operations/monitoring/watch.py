"""Mail to the operator about a problem that has begun; the worker looks every minute.

What it can't report, because no mail goes out without a worker or a database, an outside monitor
finds at /healthz.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache

from kapsite.inquiries.worker import lead_mail
from kapsite.operations.alerts.models import Alert, AlertKind

from . import health, installation
from .results import Result, result_of

MAILED = (AlertKind.HEALTH, AlertKind.PUBLISH, AlertKind.DISK)  # floods have a mail of their own
AGAIN = timedelta(days=1)  # while it lasts
PAUSE = 3600  # seconds between two mails about the same, should it come and go


def watch(now: datetime) -> None:
    if not settings.SECURE:  # on localhost nobody relies on it
        return
    found = {result.name: result for result in results()}
    for result in found.values():
        if result.is_well:
            Alert.objects.clear(AlertKind.HEALTH, result.name)
        else:
            Alert.objects.raise_hourly(AlertKind.HEALTH, now, result.name)
    mail_what_is_new(found, now)


def results() -> Iterator[Result]:
    yield from (result for result in health.run() if result.name != health.WORKER)
    yield result_of("Backup", installation.backup)


def mail_what_is_new(found: dict[str, Result], now: datetime) -> None:
    """One message about all that is new. One that can't be sent is tried again in a minute."""
    if not settings.ALERT_EMAILS:
        return
    due = [alert for alert in Alert.objects.filter(kind__in=MAILED) if is_due(alert, now)]
    mine = [alert for alert in due if cache.add(pause(alert), True, PAUSE)]
    if not mine:
        return
    problems = [str(found.get(alert.key) or alert) for alert in mine]
    subject = f"{len(mine)} problem{'s' if len(mine) > 1 else ''} with the website"
    name = f"alert.{now:%Y%m%d%H%M%S%f}"
    context = {"problems": problems}
    if lead_mail.mail(subject, "operations/alert.txt", context, settings.ALERT_EMAILS, name):
        Alert.objects.filter(pk__in=[alert.pk for alert in mine]).update(mailed_at=now)
    else:
        cache.delete_many([pause(alert) for alert in mine])


def is_due(alert: Alert, now: datetime) -> bool:
    return alert.mailed_at is None or alert.mailed_at <= now - AGAIN


def pause(alert: Alert) -> str:
    return f"alert-mail-{alert.kind}-{alert.key}".replace(" ", "-")
