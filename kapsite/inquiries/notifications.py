"""Sends what the outbox holds: tells staff that, never what, and the person that it arrived."""

import logging
import signal
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from kapsite.clinic import get_clinic

from .choices import Status
from .confirmation import Confirmation
from .models import Inquiry
from .notices import Kind, Notice

SECONDS = 60  # for one message, also when the mail server answers a byte at a time
SECONDS_TO_PART = 5
REFUSALS = (SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError)
logger = logging.getLogger(__name__)


class NotSent(Exception):
    """A message that may not have been sent; ``surely``: that was not."""

    def __init__(self, cause: Exception, surely: bool):
        super().__init__(type(cause).__name__)  # its text may quote an address
        self.surely = surely


def send_next() -> bool:
    """Send one notice that is due; False when there is none. Needs the main thread.

    No transaction is open meanwhile: a slow mail server must not stop the form.
    """
    notice = Notice.objects.claim(timezone.now())
    if not notice:
        return False
    try:
        send(compose(notice))
    except NotSent as error:
        logger.warning("%s was not sent, attempt %s: %s", notice, notice.attempts, error)
        notice.mark_failed(str(error), error.surely, timezone.now())
    else:
        logger.info("%s was sent.", notice)
        notice.mark_sent(timezone.now())
        if notice.kind == Kind.STAFF:
            Inquiry.objects.filter(pk=notice.inquiry_id).update(notified_at=timezone.now())
    return True


def compose(notice: Notice) -> EmailMessage:
    try:
        message = to_staff(notice) if notice.kind == Kind.STAFF else to_the_person(notice)
        message.message()  # refuses what cannot be a header
        return message
    except Exception as error:  # a missing key or file; it may be back at the next attempt
        raise NotSent(error, surely=True) from None


def to_staff(notice: Notice) -> EmailMessage:
    """Reference and link, nothing that the person wrote."""
    if not settings.NOTIFY_EMAILS:
        raise LookupError("NOTIFY_EMAILS is empty.")
    inquiry = Inquiry.objects.only("reference", "status").get(pk=notice.inquiry_id)
    path = reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])
    set_aside = inquiry.status == Status.QUARANTINE
    context = {
        "reference": inquiry.reference_in_groups,
        "link": settings.SITE_URL + path,
        "set_aside": set_aside,
        "days": settings.RETENTION_DAYS["quarantine"],
    }
    body = render_to_string("inquiries/staff_notice.txt", context)
    what = "Likely spam to check:" if set_aside else "New request"
    subject = f"{what} {inquiry.reference_in_groups}"
    return EmailMessage(subject, body, to=settings.NOTIFY_EMAILS, headers=headers(notice))


def to_the_person(notice: Notice) -> EmailMessage:
    """Neutral: somebody else may read the mailbox, or the address may be a slip."""
    inquiry = Inquiry.objects.only("email_normal", "received_at").get(pk=notice.inquiry_id)
    confirmation = Confirmation(inquiry, get_clinic(), timezone.now())
    body = render_to_string("inquiries/acknowledgement.txt", {"confirmation": confirmation})
    address = inquiry.email_normal
    return EmailMessage("We have your message", body, to=[address], headers=headers(notice))


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
    """Hand ``message`` to the mail server, or raise NotSent."""
    connection = get_connection()
    handed_over = False
    try:
        with deadline(SECONDS):
            connection.open()
            handed_over = True
            connection.send_messages([message])
    except Exception as error:
        raise NotSent(error, surely=not handed_over or isinstance(error, REFUSALS)) from None
    finally:
        with suppress(Exception), deadline(SECONDS_TO_PART):  # what the server took, it has
            connection.close()


@contextmanager
def deadline(seconds: float):
    """TimeoutError inside, after ``seconds``. EMAIL_TIMEOUT counts for each answer anew."""

    def give_up(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def hurry(seconds: float) -> None:
    """Shorten the deadline of what is being sent."""
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    if left > seconds:
        signal.setitimer(signal.ITIMER_REAL, seconds)
