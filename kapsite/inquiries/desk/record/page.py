"""The data for the page of one request, on screen and on paper."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max

from kapsite.encryption.row_binding import unreadable_in
from kapsite.inquiries.desk.scripts.shown import Shown, scripts_for
from kapsite.inquiries.desk.steps.base import Step
from kapsite.inquiries.desk.steps.registry import steps_for
from kapsite.inquiries.desk.steps.schedule import Scheduled
from kapsite.inquiries.desk.steps.status import is_hard_to_reach
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ActivityKind

from .contact import Contact, contact_of
from .details import Details, details_of
from .panes import Results, ShownPane, results_of, shown_panes
from .presence import also_reading
from .timeline import Line, by_day, changed_by_the_person, latest_notes, timeline


@dataclass(frozen=True)
class Steps:
    """What may be done next; ``bound`` is the one that was just tried."""

    offered: dict[str, Step]
    panes: list[ShownPane]
    results: Results | None
    bound: Step | None
    is_hard_to_reach: bool


@dataclass(frozen=True)
class History:
    lines: list[Line]
    days: list[tuple[date, list[Line]]]
    latest_notes: list[Line]
    by_the_person: list[Line]  # since staff last tried to reach them
    last: int  # its newest line: what someone did after it was not on this page
    views: dict[str, int]
    also_reading: list[tuple[str, str]]  # a colleague, and how long ago


@dataclass(frozen=True)
class Conflicting:
    """Why a step was not taken: what others did meanwhile, and a note whose step is gone."""

    lines: list[Line]
    note: str


@dataclass(frozen=True)
class RecordPage:
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
    pane: str = "",
    length: str = "",
    bound: Step | None = None,
    conflict: Conflicting | None = None,
) -> RecordPage:
    contact = contact_of(inquiry, now)
    links = [way.href for way in contact.preferred + contact.others]
    scripts = scripts_for(inquiry, user, links)
    note = conflict.note if conflict else ""
    return RecordPage(
        unreadable=[str(field.verbose_name) for field in unreadable_in(inquiry)],
        contact=contact,
        details=details_of(inquiry, now),
        steps=steps_of(inquiry, user, bound, pane, length, note, scripts),
        history=history_of(inquiry, user, now),
        message=message,
        conflict=conflict,
    )


def steps_of(
    inquiry: Inquiry,
    user,
    bound: Step | None,
    pane: str,
    length: str,
    note: str,
    scripts: dict[str, list[Shown]],
) -> Steps:
    """With ``note`` typed for a step that cannot be taken any more, and times for an appointment of
    ``length`` minutes."""
    steps = [
        bound if bound and each.name == bound.name else each for each in steps_for(inquiry, user)
    ]
    offered = {step.name: step for step in steps if step.is_offered}
    if isinstance(scheduled := offered.get(Scheduled.name), Scheduled):
        scheduled.propose_length(length)
    tried = bound if bound and bound.name in offered else None
    panes = shown_panes(steps, tried, pane, scripts)
    results = results_of(inquiry, steps, tried)
    if note:
        where = results.note if results else offered["note"]
        where.initial["note"] = note
    return Steps(offered, panes, results, bound, "close" in offered and is_hard_to_reach(inquiry))


def history_of(inquiry: Inquiry, user, now: datetime) -> History:
    opened = (ActivityKind.VIEWED, ActivityKind.SHOWN)
    viewed = inquiry.activities.filter(kind__in=opened).order_by()
    lines = timeline(inquiry)
    return History(
        lines=lines,
        days=by_day(lines),
        latest_notes=latest_notes(lines),
        by_the_person=changed_by_the_person(lines),
        last=inquiry.activities.aggregate(last=Max("pk"))["last"] or 0,
        views=viewed.aggregate(times=Count("pk"), people=Count("by", distinct=True)),
        also_reading=also_reading(inquiry, user, now),
    )
