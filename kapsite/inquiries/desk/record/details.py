"""What a person answered, and what became of the request."""

from dataclasses import dataclass
from datetime import date, datetime

from kapsite.inquiries.data_protection.retention import delete_on
from kapsite.inquiries.desk.page_parts.formatting import (
    age,
    count,
    labels,
    source_of,
    version_in_words,
)
from kapsite.inquiries.desk.same_person import likely_duplicates, linked_with, nameless
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ConsentText, Topic
from kapsite.inquiries.models.outbox import Notice, NoticeState
from kapsite.inquiries.triage.danger import LABELS
from kapsite.inquiries.triage.triage import NOT_CHECKED, UNCHECKED

from .corrections import Earlier, earlier_details

NOTICE = {
    NoticeState.SENT: "sent",
    NoticeState.WAITING: "not sent yet",
    NoticeState.UNSURE: "may have been sent",
    NoticeState.GIVEN_UP: "couldn’t be sent",
}


@dataclass(frozen=True)
class Details:
    topics: list[str]
    danger: list[str]
    age: str
    consent: str
    delete_on: date | None
    notices: list[tuple[str, str, datetime | None]]
    linked: list[Inquiry]
    duplicates: list[Inquiry]
    merged: list[Inquiry]
    earlier: list[Earlier]
    source: str


def details_of(inquiry: Inquiry, now: datetime) -> Details:
    return Details(
        topics=labels(Topic.choices, inquiry.topics),
        danger=labels([*LABELS.items(), (UNCHECKED, NOT_CHECKED)], inquiry.danger),
        age=age(inquiry, now),
        consent=consent_version(inquiry),
        delete_on=delete_on(inquiry),
        notices=notices_of(inquiry),
        linked=linked_with(inquiry),
        duplicates=likely_duplicates(inquiry),
        merged=nameless(inquiry.duplicates.all()),
        earlier=list(earlier_details(inquiry)),
        source=source_of(inquiry),
    )


def consent_version(inquiry: Inquiry) -> str:
    """ "Nov 22, 2026, shown on the form" for a version that is a date, as in the clinic's file."""
    version = version_in_words(inquiry.consent_version)
    return f"{version}, {ConsentText(inquiry.consent_text).label}"


def notices_of(inquiry: Inquiry) -> list[tuple[str, str, datetime | None]]:
    """To whom, how far it is, and when it was sent."""
    notices = inquiry.notices.order_by("pk")
    return [(each.get_kind_display(), state_of(each), each.sent_at) for each in notices]


def state_of(notice: Notice) -> str:
    """ "sent", "not sent yet", "not sent yet, tried 3 times (SMTPDataError)"."""
    words = NOTICE[NoticeState(notice.state)]
    if notice.accepted_by:
        words = "sent to some addresses, not to all"
    if notice.state == NoticeState.SENT or not notice.error:
        return words
    return f"{words}, tried {count(notice.attempts, 'time')} ({notice.error})"
