"""The data for the page of one request, on screen and on paper."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from django.db.models import Count, Max

from kapsite.encryption.row_binding import unreadable_in
from kapsite.inquiries.data_protection.retention import delete_on
from kapsite.inquiries.desk.formatting import (
    age,
    count,
    good_times,
    how_to_reach,
    is_overdue,
    labels,
    time_left,
    version_in_words,
)
from kapsite.inquiries.desk.same_person import likely_duplicates, linked_with
from kapsite.inquiries.desk.steps.base import Step
from kapsite.inquiries.desk.steps.follow_up import closed_day
from kapsite.inquiries.desk.steps.registry import steps_for
from kapsite.inquiries.desk.steps.status import is_hard_to_reach
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import (
    ActivityKind,
    Aid,
    ConsentText,
    ContactBy,
    ForWhom,
    Knows,
    Status,
    Topic,
)
from kapsite.inquiries.models.outbox import Notice, NoticeState
from kapsite.inquiries.triage.danger import LABELS
from kapsite.inquiries.triage.triage import NOT_CHECKED, UNCHECKED
from kapsite.text.phone_numbers import base_of, extension_of, readable

from .presence import Reader, also_reading
from .timeline import Line, timeline

GROUPS = ("reach", "next", "mark")
NOTICE = {
    NoticeState.SENT: "sent",
    NoticeState.WAITING: "not sent yet",
    NoticeState.UNSURE: "may have been sent",
    NoticeState.GIVEN_UP: "couldn’t be sent",
}


@dataclass(frozen=True)
class Way:
    """A link that dials, or opens a letter: the address, and nothing else about the person."""

    href: str
    verb: str
    address: str
    note: str = ""


def ways(inquiry: Inquiry) -> list[Way]:
    """The way they asked for; the others too once staff have spoken with them.

    None once they withdrew.
    """
    if not inquiry.may_be_contacted:
        return []
    numbers, email = inquiry.phone_e164.split(), inquiry.normalized_email
    calls = [Way(f"tel:{number}", "Call", readable(number)) for number in numbers]
    texts = [text_to(number) for number in numbers]
    mails = [Way(f"mailto:{quote(email, safe='@')}", "Email", inquiry.email)] if email else []
    of_kind = {ContactBy.CALL: calls, ContactBy.TEXT: texts, ContactBy.EMAIL: mails}
    preferred = of_kind.pop(ContactBy(inquiry.contact_by))
    others = [way for each in of_kind.values() for way in each] if inquiry.first_contact_at else []
    return preferred + others


def text_to(number: str) -> Way:
    base, extension = base_of(number), extension_of(number)
    note = f"Texts can’t reach ext. {extension}: this goes to the main number." if extension else ""
    return Way(f"sms:{base}", "Text", readable(base), note)


@dataclass(frozen=True)
class Contact:
    """Who it is, and how to reach them safely."""

    for_whom: str
    how_to_reach: str
    talk: str
    ways: list[Way]
    numbers: list[str]
    has_call_script: bool
    time_left: str
    is_overdue: bool
    is_spam: bool
    is_on_closed_day: bool


@dataclass(frozen=True)
class Details:
    """Their answers, and what became of it."""

    good_times: str
    topics: list[str]
    danger: list[str]
    age: str
    consent: str
    delete_on: date | None
    notices: list[tuple[str, str, datetime | None]]
    linked: list[Inquiry]
    duplicates: list[Inquiry]


@dataclass(frozen=True)
class Steps:
    """What may be done next; ``bound`` is the one that was just tried."""

    offered: dict[str, Step]
    blocked: list[Step]
    bound: Step | None
    is_hard_to_reach: bool

    @property
    def groups(self) -> dict[str, list[Step]]:
        return in_groups(list(self.offered.values()))

    @property
    def blocked_groups(self) -> dict[str, list[Step]]:
        return in_groups(self.blocked)


@dataclass(frozen=True)
class History:
    lines: list[Line]
    last: int  # its newest line: what somebody did after it was not on this page
    views: dict[str, int]
    also_reading: list[Reader]


@dataclass(frozen=True)
class Conflicting:
    """Why a step was not taken: what others did meanwhile, and a note whose step is gone."""

    lines: list[Line]
    note: str


@dataclass(frozen=True)
class RecordPage:
    inquiry: Inquiry
    unreadable: list[str]
    contact: Contact
    details: Details
    steps: Steps
    history: History
    message: str | None = None  # None: not asked for
    conflict: Conflicting | None = None


def record_page(
    inquiry: Inquiry,
    user,
    now: datetime,
    *,
    message: str | None = None,
    bound: Step | None = None,
    conflict: Conflicting | None = None,
) -> RecordPage:
    return RecordPage(
        inquiry=inquiry,
        unreadable=[str(field.verbose_name) for field in unreadable_in(inquiry)],
        contact=contact_of(inquiry, now),
        details=details_of(inquiry, now),
        steps=steps_of(inquiry, user, bound, conflict.note if conflict else ""),
        history=history_of(inquiry, user, now),
        message=message,
        conflict=conflict,
    )


KNOWS = {
    Knows.YES: "They know about it.",
    Knows.NO: "They don’t know yet: don’t contact them.",
    "": "We don’t know if they know about it.",
}


def for_whom(inquiry: Inquiry) -> str:
    """Who wrote, if it isn't the person who would be evaluated."""
    if inquiry.for_whom == ForWhom.CLINICIAN:
        return "A clinician is referring a patient. The name and number are the clinician’s."
    if inquiry.for_whom == ForWhom.OTHER:
        return (
            "Asking on behalf of someone else. The name and contact details are those of the "
            f"person who wrote. {KNOWS[inquiry.knows]}"
        )
    return ""


def help_to_talk(inquiry: Inquiry) -> str:
    """ "Spanish. An interpreter"; "" if they need nothing."""
    return ". ".join(filter(None, [inquiry.language, *labels(Aid.choices, inquiry.aids)]))


def contact_of(inquiry: Inquiry, now: datetime) -> Contact:
    offered = ways(inquiry)
    return Contact(
        for_whom=for_whom(inquiry),
        how_to_reach=how_to_reach(inquiry),
        talk=help_to_talk(inquiry),
        ways=offered,
        numbers=[readable(number) for number in inquiry.phone_e164.split()],
        has_call_script=inquiry.safety_concern and any(way.verb == "Call" for way in offered),
        time_left=time_left(inquiry, now),
        is_overdue=is_overdue(inquiry, now),
        is_spam=inquiry.status == Status.SPAM,
        is_on_closed_day=closed_day(inquiry) is not None,
    )


def details_of(inquiry: Inquiry, now: datetime) -> Details:
    return Details(
        good_times=good_times(inquiry),
        topics=labels(Topic.choices, inquiry.topics),
        danger=labels([*LABELS.items(), (UNCHECKED, NOT_CHECKED)], inquiry.danger),
        age=age(inquiry, now),
        consent=consent_version(inquiry),
        delete_on=delete_on(inquiry),
        notices=notices_of(inquiry),
        linked=linked_with(inquiry),
        duplicates=likely_duplicates(inquiry),
    )


def steps_of(inquiry: Inquiry, user, bound: Step | None, note: str) -> Steps:
    """With ``note`` typed into "Add a note": its own step cannot be taken any more."""
    steps = [
        bound if bound and each.name == bound.name else each for each in steps_for(inquiry, user)
    ]
    offered = {step.name: step for step in steps if step.is_offered}
    if note:
        offered["note"].initial["note"] = note
    blocked = [step for step in steps if not step.is_offered]
    return Steps(offered, blocked, bound, "close" in offered and is_hard_to_reach(inquiry))


def history_of(inquiry: Inquiry, user, now: datetime) -> History:
    viewed = inquiry.activities.filter(kind=ActivityKind.VIEWED).order_by()
    return History(
        lines=timeline(inquiry),
        last=inquiry.activities.aggregate(last=Max("pk"))["last"] or 0,
        views=viewed.aggregate(times=Count("pk"), people=Count("by", distinct=True)),
        also_reading=also_reading(inquiry, user, now),
    )


def in_groups(steps: list[Step]) -> dict[str, list[Step]]:
    return {group: [step for step in steps if step.group == group] for group in GROUPS}


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
