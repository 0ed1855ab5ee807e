"""The daily digest: what is waiting for staff, once a day when the clinic opens."""

import logging
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from kapsite.clinic import days
from kapsite.clinic.deadlines import end_of, hours_on
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.data_protection import retention
from kapsite.inquiries.desk.inbox import flood
from kapsite.inquiries.desk.inbox.hand_over import held_by_people_who_left
from kapsite.inquiries.models import Inquiry, Notice
from kapsite.inquiries.models.choices import OPEN, Status
from kapsite.inquiries.models.job import JobName, ScheduledJob
from kapsite.operations.alerts.models import Alert

from .lead_mail import mail, overdue, recipients, withdrawn_for_leads
from .sending import INBOX, link

DELETIONS = "scheduled for deletion this week"
logger = logging.getLogger(__name__)


def is_time(now: datetime) -> bool:
    """Whether the clinic has opened today."""
    hours = hours_on(days.today(), get_clinic())
    return hours is not None and now >= datetime.combine(days.today(), hours.opening, days.zone())


def counts(now: datetime) -> dict[str, int]:
    """What is waiting for staff, by name."""
    requests = Inquiry.objects
    spam = requests.filter(status=Status.SPAM)
    concerns = requests.contactable().filter(safety_concern=True)
    tonight = end_of(days.today(), get_clinic())
    return {
        "overdue": overdue(now).count(),
        "with a safety concern": concerns.filter(status__in=OPEN).count(),
        "not opened yet": requests.filter(status=Status.NEW, opened_at=None).count(),
        "due today": requests.filter(status__in=OPEN, due_at__range=(now, tonight)).count(),
        "assigned to people who left": requests.filter(held_by_people_who_left()).count(),
        "marked as likely spam, not opened yet": spam.filter(opened_at=None).count(),
        "in a flood, to review": flood.in_flood().count(),
        "of these, with a safety concern": flood.in_flood().filter(safety_concern=True).count(),
        "withdrawn, to delete or decide": withdrawn_for_leads().count(),
        DELETIONS: sum(found.count() for _, found in retention.deleted_soon()),
        "emails that couldn’t be sent": Notice.objects.failing().count(),
    }


def send_digest(now: datetime, again: bool = False) -> str:
    """Send today's digest, unless it was sent or nothing is due. Returns the result in words."""
    day = days.today()
    if not ScheduledJob.objects.take(JobName.DIGEST, now, None if again else day):
        return "Today's digest was already sent, or is being sent now."
    context, to = digest(now), recipients()
    if context and to and not mail_digest(context, to):
        return "The mail server didn't accept the digest. Retrying in five minutes."
    ScheduledJob.objects.give_back(JobName.DIGEST, done_on=day)
    if not context:
        return "Nothing is due, so nothing was sent."
    if not to:
        return "No recipients: no lead has an email address, and NOTIFY_EMAILS is empty."
    missed = len(set(to) & set(ScheduledJob.objects.missed()))
    sent = f"Sent to {len(to) - missed} address{'es' if len(to) - missed > 1 else ''}."
    return f"{sent} Not accepted for {missed}: retrying." if missed else sent


def digest(now: datetime) -> dict:
    """What it says; empty when nothing is due."""
    waiting = {name: count for name, count in counts(now).items() if count}
    alerts = [alert.in_words(days.zone()) for alert in Alert.objects.current(now)]
    if not waiting and not alerts:
        return {}
    return {
        "waiting": waiting,
        "alerts": alerts,
        "deletions": link("admin:inquiries_upcoming_deletions") if DELETIONS in waiting else "",
        "inbox": link(INBOX),
        "overview": link("admin:inquiries_overview"),
    }


def mail_digest(context: dict, to: list[str]) -> list[str]:
    day = days.today()
    subject = f"Requests on {day:%A, %B %-d}"
    accepted = mail(subject, "inquiries/digest.txt", context, to, f"digest.{day:%Y%m%d}")
    if missed := ScheduledJob.objects.missed():  # it makes up for whatever else they missed
        ScheduledJob.objects.set_missed(each for each in missed if each not in accepted)
    return accepted


def retry_missed(now: datetime) -> None:
    """Send the digest to those whom a mail did not reach while it reached others.

    Once an hour, until they accept it, nothing is due, or they get no mail anymore.
    """
    jobs = ScheduledJob.objects
    if not jobs.missed() or not jobs.take(JobName.RETRY, now):
        return
    known = {*recipients(), *settings.NOTIFY_EMAILS}
    to = [address for address in jobs.missed() if address in known]
    context = digest(now)
    if not to or not context:
        jobs.set_missed([], taken_until=None)
        return
    jobs.set_missed(to)
    mail_digest(context, to)
    jobs.try_later(JobName.RETRY, now)


def send_due_digest() -> None:
    now = timezone.now()
    done = ScheduledJob.objects.filter(name=JobName.DIGEST, done_on=days.today())
    if is_time(now) and not done.exists():
        logger.info("The daily digest: %s", send_digest(now))
