"""Sends the outbox: notices to staff and colleagues without content, acknowledgments to people."""

import logging
import signal
from collections.abc import Iterable
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake.progress import Progress
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import OPEN, ContactBy, Status
from kapsite.inquiries.models.outbox import Notice, NoticeKind, wait_after

SENDING_TIMEOUT = 60  # seconds for one message, also when the server answers a byte at a time
OPEN_NOW = "New request – please open now:"  # says nothing about health
LISTED = 20  # references of a kind in one message; the inbox has the others
PARTING_TIMEOUT = 5  # seconds
REFUSALS = (SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError)
logger = logging.getLogger(__name__)


class NotWanted(Exception):
    """The request changed since the message was queued, so it is dropped."""


class NotSent(Exception):
    """A message that may not have been sent to all; with ``surely`` it was not to the others."""

    def __init__(
        self, cause: Exception, surely: bool, accepted: Iterable[str] = (), to: Iterable[str] = ()
    ):
        super().__init__(type(cause).__name__)  # its text may quote an address
        self.surely = surely
        self.accepted = list(accepted)
        self.left = [address for address in to if address not in self.accepted]
        total = len(self.accepted) + len(self.left)
        # For the log: numbers, no address.
        self.whom = f" to {len(self.left)} of {total} addresses" if total > 1 else ""


def send_next(kinds: Iterable[str] = ()) -> Notice | None:
    """Send one message that is due and return its notice, if there is any. Needs the main thread.

    A message to staff or to a colleague covers all notices to them that are due. No transaction
    is open meanwhile: a slow mail server must not stop the form.
    """
    notice = Notice.objects.claim(timezone.now(), kinds)
    if not notice:
        return None
    notices = [notice]
    if notice.kind != NoticeKind.ACKNOWLEDGEMENT:
        notices += Notice.objects.claim_alike(timezone.now(), notice)
    if notice.kind == NoticeKind.COLLEAGUE and not (notices := still_theirs(notices)):
        return notice
    try:
        send(compose(notices))
    except NotWanted:
        notice.delete()
    except NotSent as error:
        record_failure(notices, error)
    else:
        others = f", for {len(notices)} requests" if len(notices) > 1 else ""
        logger.info("%s was sent%s.", notice, others)
        for each in notices:
            each.mark_sent(timezone.now())
        if notice.kind == NoticeKind.STAFF:
            mark_notified(notices)
    return notice


def record_failure(notices: list[Notice], error: NotSent) -> None:
    """All that one message was to cover fail together, and wait equally long."""
    first, now = notices[0], timezone.now()
    logger.warning("%s was not sent%s, attempt %s: %s", first, error.whom, first.attempts, error)
    wait = wait_after(first.attempts)
    for each in notices:
        each.mark_failed(str(error), error.surely, now, wait, error.accepted)
    if error.accepted:
        mark_notified(notices)


def mark_notified(notices: list[Notice]) -> None:
    notified = Inquiry.objects.filter(pk__in=[each.inquiry_id for each in notices])
    notified.update(notified_at=timezone.now())


def compose(notices: list[Notice]) -> EmailMessage:
    try:
        message = COMPOSERS[NoticeKind(notices[0].kind)](notices)
        message.message()  # refuses what cannot be a header
        return message
    except NotWanted:
        raise
    except Exception as error:  # a missing key or file; it may be back at the next attempt
        raise NotSent(error, surely=True) from None


def to_staff(notices: list[Notice]) -> EmailMessage:
    """References and links, nothing that a person wrote."""
    if not settings.NOTIFY_EMAILS:
        raise LookupError("NOTIFY_EMAILS is empty.")
    found = Inquiry.objects.only("reference", "status", "safety_concern")
    found = found.order_by("-safety_concern", "pk")
    inquiries = list(found.filter(pk__in=[notice.inquiry_id for notice in notices]))
    if len(inquiries) == 1:
        return about_one(inquiries[0], notices[0])
    if not inquiries:
        raise LookupError("The requests were erased meanwhile.")
    return about_many(inquiries, notices[0])


def about_one(inquiry: Inquiry, notice: Notice) -> EmailMessage:
    is_spam = inquiry.status == Status.SPAM
    context = named(inquiry) | {
        "is_spam": is_spam,
        "days": settings.RETENTION_DAYS["spam"],
    }
    body = render_to_string("inquiries/staff_notice.txt", context)
    what = "Likely spam to check:" if is_spam else "New request"
    if inquiry.safety_concern:
        what = OPEN_NOW
    subject = f"{what} {inquiry.reference_in_groups}"
    return EmailMessage(subject, body, to=without_it(notice), headers=headers(notice))


def about_many(inquiries: list[Inquiry], notice: Notice) -> EmailMessage:
    spam = [named(each) for each in inquiries if each.status == Status.SPAM]
    real = [named(each) for each in inquiries if each.status != Status.SPAM]
    context = {
        "real": real[:LISTED],
        "spam": spam[:LISTED],
        "more": len(real[LISTED:]) + len(spam[LISTED:]),
        "inbox": settings.SITE_URL + reverse("admin:inquiries_inquiry_changelist"),
        "days": settings.RETENTION_DAYS["spam"],
    }
    body = render_to_string("inquiries/staff_notices.txt", context)
    parts = [f"{len(real)} new request{'s' * (len(real) > 1)}"] if real else []
    parts += [f"{len(spam)} likely spam to check"] if spam else []
    subject = ", ".join(parts)
    if any(each.safety_concern for each in inquiries):
        subject += " – please open now"
    return EmailMessage(subject, body, to=without_it(notice), headers=headers(notice))


def without_it(notice: Notice) -> list[str]:
    """Who of NOTIFY_EMAILS, as they are today, has not got ``notice``."""
    has_it = {address.lower() for address in notice.accepted_by.splitlines()}
    return [each for each in settings.NOTIFY_EMAILS if each.lower() not in has_it]


def named(inquiry: Inquiry) -> dict:
    path = reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])
    return {
        "reference": inquiry.reference_in_groups,
        "open_now": inquiry.safety_concern,
        "link": settings.SITE_URL + path,
    }


def still_theirs(notices: list[Notice]) -> list[Notice]:
    """Those whose request the colleague still has and can open; the others are dropped."""
    person = notices[0].recipient
    can_read_it = person is not None and person.is_active and person.email
    theirs = Inquiry.objects.filter(pk__in=[each.inquiry_id for each in notices])
    theirs = theirs.filter(assigned_to=person, closed_at=None, withdrawn_at=None)
    held = set(theirs.values_list("pk", flat=True)) if can_read_it else set()
    for notice in notices:
        if notice.inquiry_id not in held:
            notice.delete()
    return [notice for notice in notices if notice.inquiry_id in held]


def to_colleague(notices: list[Notice]) -> EmailMessage:
    """Of a hand-over: links only. The note is for those who sign in."""
    found = Inquiry.objects.only("reference", "safety_concern").order_by("-safety_concern", "pk")
    requests = list(map(named, found.filter(pk__in=[each.inquiry_id for each in notices])))
    context = {
        "requests": requests[:LISTED],
        "more": len(requests[LISTED:]),
        "inbox": settings.SITE_URL + reverse("admin:inquiries_inquiry_changelist"),
    }
    many = len(requests) > 1
    subject = f"{len(requests)} requests assigned to you" if many else "A request assigned to you"
    if any(each["open_now"] for each in requests):
        subject += " – please open now"
    body = render_to_string("inquiries/handed_over.txt", context)
    person = notices[0].recipient
    to = [person.email] if person else []
    return EmailMessage(subject, body, to=to, headers=headers(notices[0]))


def to_the_person(notices: list[Notice]) -> EmailMessage:
    """Neutral: someone else may read the mailbox, or the address may have a typo."""
    notice = notices[0]
    columns = ("normalized_email", "received_at", "contact_by", "status", "withdrawn_at")
    inquiry = Inquiry.objects.only(*columns).get(pk=notice.inquiry_id)
    is_awaited = inquiry.status in OPEN and inquiry.may_be_contacted
    if not (is_awaited and inquiry.contact_by == ContactBy.EMAIL):
        raise NotWanted
    if not notice.takes_mailbox_of(inquiry):
        raise NotWanted
    progress = Progress(inquiry, get_clinic(), timezone.now())
    body = render_to_string("inquiries/acknowledgement.txt", {"progress": progress})
    address = inquiry.normalized_email
    return EmailMessage("We have your message", body, to=[address], headers=headers(notice))


COMPOSERS = {
    NoticeKind.STAFF: to_staff,
    NoticeKind.COLLEAGUE: to_colleague,
    NoticeKind.ACKNOWLEDGEMENT: to_the_person,
}


def headers(notice: Notice) -> dict[str, str]:
    made = notice.created_at.strftime("%Y%m%d%H%M%S%f")
    return automatic(f"{notice.kind}.{notice.pk}.{made}")


def automatic(name: str) -> dict[str, str]:
    """Two copies of a message carry the same id, so that mailboxes can show one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return {
        "Message-ID": f"<{name}@{domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: asks for no automatic answer
        "X-Auto-Response-Suppress": "All",  # the same for Microsoft Exchange
    }


def send(message: EmailMessage) -> None:
    """Hand ``message`` to the mail server, or raise NotSent.

    Each address gets its own copy: of one copy for all, Django doesn't say who was refused.
    """
    to = list({address.lower(): address for address in message.to}.values())
    connection = get_connection()
    accepted: list[str] = []
    failures: list[tuple[Exception, bool]] = []
    try:
        with timeout_after(SENDING_TIMEOUT):
            for address in to:
                message.to = [address]
                handed_over = False
                try:
                    connection.open()
                    handed_over = True
                    connection.send_messages([message])
                    accepted.append(address)
                except Exception as error:
                    failures.append((error, not handed_over or isinstance(error, REFUSALS)))
                    with suppress(Exception):  # with 421 the server hangs up; open() starts over
                        connection.close()
    except TimeoutError as error:
        failures.append((error, False))
    finally:
        with suppress(Exception), timeout_after(PARTING_TIMEOUT):  # what the server took, it has
            connection.close()
    if len(accepted) < len(to):
        raise NotSent(failures[-1][0], all(surely for _, surely in failures), accepted, to)


@contextmanager
def timeout_after(seconds: float):
    """TimeoutError inside, after ``seconds`` and then each second, for what is tried after it.

    EMAIL_TIMEOUT starts over with each answer.
    """

    def give_up(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def shorten_timeout(seconds: float) -> None:
    """Shorten the timeout of what is being sent."""
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    if left > seconds:
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
