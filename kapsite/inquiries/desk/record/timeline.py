"""The history of a request, as staff read it: who did what and when, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.formatting import person
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.choices import ActivityKind

VIEWS = (ActivityKind.VIEWED,)  # only counted: there is one for each time the page was opened
MOST = 200  # lines
SITE = "The website"
FIELDS = {
    "next_action_on": "follow-up date",
    "outcome": "outcome",
    "assigned_to": "assignee",
    "same_person_as": "linked request",
    "contact_by": "how to reach them",
    "name": "name",
    "phone": "phone number",
    "voicemail": "voicemail",
    "email": "email",
    "days": "good days",
    "times": "good times",
    "language": "language",
}


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    what: tuple[str, ...]
    note: str


def timeline(inquiry: Inquiry) -> list[Line]:
    rows = inquiry.activities.exclude(kind__in=VIEWS).select_related("by")[:MOST]
    return lines_of(rows, inquiry)


def lines_of(rows: Iterable[Activity], inquiry: Inquiry) -> list[Line]:
    concern = ConcernWords(inquiry.safety_concern)
    steps = groupby(map(replace_unreadable, rows), lambda row: (row.at, row.by_id))
    return [line_of(list(same), concern) for _, same in steps]


def line_of(rows: list[Activity], concern: "ConcernWords") -> Line:
    """One line for everything that was done in one step."""
    first = rows[0]
    what = tuple(words_of(row, concern) for row in reversed(rows))
    note = "\n".join(row.note for row in reversed(rows) if row.note)
    return Line(first.at, person(first.by) or SITE, what, note)


def words_of(row: Activity, concern: "ConcernWords") -> str:
    if row.attempt:
        return row.get_attempt_display()
    if row.kind == ActivityKind.RECEIVED and row.by_id:
        return "Received by phone"
    if row.to_status:
        return f"Moved to “{row.get_to_status_display()}”"
    fields = row.fields.split(",") if row.fields else []
    if "safety_concern" in fields:
        return concern.next()
    changed = [FIELDS[name] for name in fields if name in FIELDS]
    if row.kind in (ActivityKind.CHANGED, ActivityKind.CORRECTED) and changed:
        return f"{row.get_kind_display()}: {', '.join(changed)}"
    return row.get_kind_display()


class ConcernWords:
    """Words for each change of the flag, read from the newest row back.

    A row doesn't hold the new value, but since it alternates, today's value tells the others.
    """

    def __init__(self, now: bool):
        self.was = now

    def next(self) -> str:
        self.was = not self.was
        return "Safety concern cleared" if self.was else "Safety concern flagged"


def since(inquiry: Inquiry, seen: int) -> list[Line]:
    """What was done after the history line ``seen``; if nothing was, the last thing done before."""
    done = inquiry.activities.exclude(kind__in=[*VIEWS, ActivityKind.SHOWN, ActivityKind.PRINTED])
    rows: Iterable[Activity] = done.filter(pk__gt=seen).select_related("by") if seen else []
    return lines_of(list(rows) or done.select_related("by")[:1], inquiry)
