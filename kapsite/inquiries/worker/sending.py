"""Hands messages to the mail server, each within a time limit."""

import logging
import signal
from collections.abc import Iterable
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse

INBOX = "admin:inquiries_inquiry_changelist"
SENDING_TIMEOUT = 60  # seconds for one message, also when the server answers a byte at a time
PARTING_TIMEOUT = 5  # seconds
REFUSALS = (SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError)
logger = logging.getLogger(__name__)


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


def automatic(name: str) -> dict[str, str]:
    """Two copies of a message carry the same id, so that mailboxes can show one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return {
        "Message-ID": f"<{name}@{domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: asks for no automatic answer
        "X-Auto-Response-Suppress": "All",  # the same for Microsoft Exchange
    }


def addresses_with(permission: str) -> list[str]:
    """Of everyone at work whose role has ``permission``."""
    users = get_user_model().objects.with_perm(permission, include_superusers=False)
    at_work = users.filter(is_staff=True, is_active=True).exclude(email="")
    return sorted(set(at_work.values_list("email", flat=True)))


def link(name: str, *args) -> str:
    return settings.SITE_URL + reverse(name, args=args)


def send_from_template(
    subject: str, template: str, context: dict, to: list[str], name: str
) -> NotSent | None:
    """The failure, if not everyone accepted it. ``name`` stands in the log and in its id."""
    body = render_to_string(template, context)
    try:
        send(EmailMessage(subject, body, to=to, headers=automatic(name)))
    except NotSent as error:
        logger.warning("%s was not sent%s: %s", name, error.whom, error)
        return error
    logger.info("%s was sent.", name)
    return None


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
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    if left > seconds:
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
