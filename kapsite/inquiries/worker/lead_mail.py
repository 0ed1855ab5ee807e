"""Mail to leads as soon as it matters: each overdue or withdrawn request once, and floods.

Counts, references and links, never what a person typed. No transaction is open while mail is
sent; a mail that may not have gone out is sent again, so in the rarest case one comes twice.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from kapsite.inquiries.desk.inbox import flood
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import OPEN, Status
from kapsite.inquiries.models.job import LEASE, JobName, ScheduledJob
from kapsite.operations.alerts.models import Alert, AlertKind

from .messages import listed
from .sending import INBOX, addresses_with, link, send_from_template

FLOOD_AGAIN = timedelta(minutes=15)  # between two mails about a flood that goes on
SUBJECTS = {  # after the number of requests: one, and several
    "overdue": (" is overdue", "s are overdue"),
    "withdrawn": (" was withdrawn – please open now", "s were withdrawn – please open now"),
}


def recipients() -> list[str]:
    """Everyone who may read the access log (leads) and has an address; else NOTIFY_EMAILS."""
    return addresses_with("inquiries.view_access") or settings.NOTIFY_EMAILS


def overdue(now: datetime) -> QuerySet[Inquiry]:
    return Inquiry.objects.contactable().filter(status__in=OPEN, due_at__lt=now)


def withdrawn_for_leads() -> QuerySet[Inquiry]:
    """Requests to delete, and withdrawn ones with a safety concern."""
    ours = Q(safety_concern=True) | ~Q(status=Status.WITHDRAWN)
    return Inquiry.objects.filter(ours, withdrawn_at__isnull=False)


def not_notified(now: datetime) -> QuerySet[Inquiry]:
    """Overdue and not yet reported. A new deadline that passes is reported again."""
    return overdue(now).filter(Q(overdue_notified_at=None) | Q(overdue_notified_at__lt=F("due_at")))


def notify_overdue(now: datetime) -> bool:
    """Mail leads what has become overdue. Returns whether there was anything."""
    return notify("overdue", not_notified(now).order_by("due_at"), now)


def notify_withdrawn(now: datetime) -> bool:
    """Mail leads each withdrawn request with a safety concern, before the site deletes it."""
    found = withdrawn_for_leads().filter(safety_concern=True, overdue_notified_at=None)
    return notify("withdrawn", found.order_by("withdrawn_at"), now)


def notify(what: str, inquiries: QuerySet[Inquiry], now: datetime) -> bool:
    if not inquiries.exists() or not (to := recipients()):
        return False
    if not ScheduledJob.objects.take(JobName.OVERDUE, now):
        return False
    found = list(inquiries.only("reference", "safety_concern"))
    if not found:  # another worker was faster
        ScheduledJob.objects.give_back(JobName.OVERDUE)
        return False
    context = listed(found) | {"count": len(found)}
    subject = f"{len(found)} request{SUBJECTS[what][len(found) > 1]}"
    if not mail(subject, f"inquiries/{what}.txt", context, to, f"{what}.{now:%Y%m%d%H%M%S%f}"):
        return False  # the lease makes it wait
    Inquiry.objects.filter(pk__in=[each.pk for each in found]).update(overdue_notified_at=now)
    ScheduledJob.objects.give_back(JobName.OVERDUE)
    return True


def notify_flood(now: datetime) -> bool:
    """Mail staff that requests come in a flood: at once, then again while it goes on."""
    grown = Q(mailed_at__lt=F("last"), mailed_at__lte=now - FLOOD_AGAIN)
    unsent = Alert.objects.filter(Q(mailed_at=None) | grown, kind=AlertKind.FLOOD)
    to = settings.NOTIFY_EMAILS or recipients()
    if not unsent.exists() or not to or not ScheduledJob.objects.take(JobName.FLOOD, now):
        return False
    found = flood.waiting()  # nothing, if staff have looked through it already
    if found and unsent.exists():  # else another worker was faster
        context = {"flood": found, "link": f"{link(INBOX)}?tab=flood"}
        subject = f"Flood of requests: {found['all']} to review"
        if not mail(subject, "inquiries/flood.txt", context, to, f"flood.{now:%Y%m%d%H%M%S%f}"):
            return False  # the lease makes it wait
    unsent.update(mailed_at=now)
    ScheduledJob.objects.give_back(JobName.FLOOD)
    return True


def mail(subject: str, template: str, context: dict, to: list[str], name: str) -> list[str]:
    """Return who accepted it. If only some did, the others get a digest later."""
    failure = send_from_template(subject, template, context, to, name)
    if failure and failure.accepted:
        missed = [*ScheduledJob.objects.missed(), *failure.left]
        ScheduledJob.objects.set_missed(missed, taken_until=timezone.now() + LEASE)
    return failure.accepted if failure else to
