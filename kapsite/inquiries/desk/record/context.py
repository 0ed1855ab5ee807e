"""What stands on the page of one request."""

from dataclasses import dataclass
from datetime import datetime
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
    time_left,
)
from kapsite.inquiries.desk.steps.base import Step
from kapsite.inquiries.desk.steps.registry import steps_for
from kapsite.inquiries.desk.steps.same_person import likely_duplicates, linked_with
from kapsite.inquiries.desk.steps.status import is_hard_to_reach
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ActivityKind, ContactBy, Status, Topic
from kapsite.inquiries.models.outbox import Notice, NoticeState
from kapsite.inquiries.triage.danger import LABELS
from kapsite.inquiries.triage.triage import NOT_CHECKED, UNCHECKED
from kapsite.text.phone_numbers import base_of, extension_of, readable

from .presence import also_reading
from .timeline import timeline

GROUPS = ("reach", "next", "mark")
NOTICE = {
    NoticeState.SENT: "sent",
    NoticeState.WAITING: "not sent yet",
    NoticeState.UNSURE: "may have been sent",
    NoticeState.GIVEN_UP: "could not be sent",
}


@dataclass(frozen=True)
class Way:
    """A link that dials, or opens a letter: the address, and nothing else about the person."""

    href: str
    verb: str
    address: str
    note: str = ""


def ways(inquiry: Inquiry) -> list[Way]:
    """As they asked; the others too once somebody spoke with them."""
    numbers, email = inquiry.phone_e164.split(), inquiry.normalized_email
    calls = [Way(f"tel:{number}", "Call", readable(number)) for number in numbers]
    texts = [text_to(number) for number in numbers]
    mails = [Way(f"mailto:{quote(email, safe='@')}", "Email", inquiry.email)] if email else []
    of_kind = {ContactBy.CALL: calls, ContactBy.TEXT: texts, ContactBy.EMAIL: mails}
    asked = of_kind.pop(ContactBy(inquiry.contact_by))
    others = [way for each in of_kind.values() for way in each] if inquiry.first_contact_at else []
    return asked + others


def can_be_called(inquiry: Inquiry) -> bool:
    return any(way.verb == "Call" for way in ways(inquiry))


def text_to(number: str) -> Way:
    base, extension = base_of(number), extension_of(number)
    note = f"A text cannot reach ext. {extension}: it goes to the main number." if extension else ""
    return Way(f"sms:{base}", "Text", readable(base), note)


def context_of(inquiry: Inquiry, user, now: datetime, bound: Step | None = None) -> dict:
    steps = [
        bound if bound and each.name == bound.name else each for each in steps_for(inquiry, user)
    ]
    offered = [step for step in steps if step.is_offered]
    return {
        "inquiry": inquiry,
        "unreadable": [field.verbose_name for field in unreadable_in(inquiry)],
        "how_to_reach": how_to_reach(inquiry),
        "ways": ways(inquiry),
        "has_call_script": inquiry.safety_concern and can_be_called(inquiry),
        "numbers": [readable(number) for number in inquiry.phone_e164.split()],
        "good_times": good_times(inquiry),
        "topics": labels(Topic.choices, inquiry.topics),
        "danger": danger_of(inquiry),
        "age": age(inquiry, now),
        "time_left": time_left(inquiry, now),
        "is_overdue": is_overdue(inquiry, now),
        "delete_on": delete_on(inquiry),
        "is_spam": inquiry.status == Status.SPAM,
        "is_hard_to_reach": is_hard_to_reach(inquiry),
        "notices": notices_of(inquiry),
        "steps": in_groups(offered),
        "offered": {step.name: step for step in offered},
        "not_offered": in_groups([step for step in steps if not step.is_offered]),
        "bound": bound,
        "timeline": timeline(inquiry),
        "last_line": inquiry.activities.aggregate(last=Max("pk"))["last"] or 0,
        "views": views_of(inquiry),
        "also_reading": also_reading(inquiry, user, now),
        "linked": linked_with(inquiry),
        "duplicates": likely_duplicates(inquiry),
    }


def in_groups(steps: list[Step]) -> dict[str, list[Step]]:
    return {group: [step for step in steps if step.group == group] for group in GROUPS}


def labels(choices, values: str) -> list[str]:
    names = dict(choices)
    return [names.get(value, value) for value in values.split(",") if value]


def danger_of(inquiry: Inquiry) -> list[str]:
    """What the site found in what was typed, in words."""
    return labels([*LABELS.items(), (UNCHECKED, NOT_CHECKED)], inquiry.danger)


def notices_of(inquiry: Inquiry) -> list[tuple[str, str, datetime | None]]:
    """To whom, how far it is, and when it was sent."""
    notices = inquiry.notices.order_by("pk")
    return [(each.get_kind_display(), state_of(each), each.sent_at) for each in notices]


def state_of(notice: Notice) -> str:
    """ "sent", "not sent yet", "not sent yet, tried 3 times (SMTPDataError)"."""
    words = NOTICE[NoticeState(notice.state)]
    if notice.state == NoticeState.SENT or not notice.error:
        return words
    return f"{words}, tried {count(notice.attempts, 'time')} ({notice.error})"


def views_of(inquiry: Inquiry) -> dict:
    looked = inquiry.activities.filter(kind=ActivityKind.VIEWED).order_by()
    return looked.aggregate(times=Count("pk"), people=Count("by", distinct=True))
