"""Which messages a new request calls for."""

from collections.abc import Iterator

from django.conf import settings

from kapsite.inquiries.models.bulk_insert import Sql, Statement, new_row, statement_of_values
from kapsite.inquiries.models.choices import ContactBy, Status
from kapsite.inquiries.models.outbox import Notice, NoticeKind, mailbox_today
from kapsite.text.phone_numbers import is_assigned

PRINTED = "django.core.mail.backends.console.EmailBackend"


def notices_for(inquiry) -> Iterator[Notice]:
    for kind, mailbox in still_wanted(inquiry):
        yield Notice(inquiry_id=inquiry.pk, kind=kind, mailbox=mailbox)


def first_notices(inquiry, key: int | Sql) -> list[Statement]:
    """The INSERT for the transaction that stores ``inquiry``, as in ``first_activities``."""
    rows = [
        new_row(Notice, inquiry_id=key, kind=kind.value, mailbox=mailbox)
        for kind, mailbox in still_wanted(inquiry)
    ]
    return [statement_of_values(Notice, rows)] if rows else []


def still_wanted(inquiry) -> Iterator[tuple[NoticeKind, str]]:
    """With the mailbox of a message to the person, if it got none that day."""
    for kind in wanted(inquiry):
        mailbox = mailbox_today(inquiry) if kind == NoticeKind.ACKNOWLEDGEMENT else ""
        if not mailbox or not Notice.objects.was_written_to(mailbox):
            yield kind, mailbox


def wanted(inquiry) -> list[NoticeKind]:
    """Which messages an inquiry calls for. Likely spam is not answered, danger always announced."""
    if inquiry.flood:
        return []  # one mail tells of all of them
    if inquiry.entered_by_id:  # a colleague has just talked with the person
        return [NoticeKind.STAFF] if settings.NOTIFY_EMAILS and inquiry.safety_concern else []
    is_spam = inquiry.status == Status.SPAM
    kinds = []
    if settings.NOTIFY_EMAILS and (not is_spam or inquiry.safety_concern or may_be_real(inquiry)):
        kinds.append(NoticeKind.STAFF)
    # Printed mail ends in a log, where no one's address may be.
    by_mail = inquiry.contact_by == ContactBy.EMAIL and settings.EMAIL_BACKEND != PRINTED
    if by_mail and not is_spam:
        kinds.append(NoticeKind.ACKNOWLEDGEMENT)
    return kinds


def may_be_real(inquiry) -> bool:
    """Does it select a topic, or give a number that someone could answer?"""
    return bool(inquiry.topics) or any(map(is_assigned, inquiry.phone_e164.split()))
