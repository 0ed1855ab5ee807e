"""The history of a request, as staff read it: who did what and when, the newest first."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import cycle, groupby, takewhile

from kapsite.clinic.days import day_of
from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.formatting import person
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.choices import BY_THE_PERSON, ActivityKind

VIEWS = (ActivityKind.VIEWED,)  # only counted: there is one for each time the page was opened
MOST = 200  # lines
NOTES = 2  # above the field for a new one
SITE = "The website"
FIELDS = {
    "next_action_on": "follow-up date",
    "outcome": "outcome",
    "wrong_number": "wrong number",
    "assigned_to": "assignee",
    "same_person_as": "linked request",
    "duplicate_of": "merged request",
    "contact_by": "how to reach them",
    "name": "name",
    "phone": "phone number",
    "voicemail": "voicemail",
    "email": "email",
    "days": "good days",
    "times": "good times",
    "language": "language",
    "aids": "help to talk",
}
ICONS = {
    ActivityKind.RECEIVED: "web",
    ActivityKind.SHOWN: "eye",
    ActivityKind.CALLED: "phone",
    ActivityKind.NOTED: "note",
    ActivityKind.MOVED: "right",
    ActivityKind.CHANGED: "flag",
    ActivityKind.ASSIGNED: "hand",
    ActivityKind.LINKED: "merge",
    ActivityKind.EXPORTED: "eye",
    ActivityKind.PRINTED: "print",
    ActivityKind.UNDONE: "undo",
    ActivityKind.CORRECTED: "user",
    ActivityKind.WITHDRAWN: "x",
    ActivityKind.RETURNED: "undo",
}
CALLS_AND_NOTES = (ActivityKind.CALLED, ActivityKind.NOTED, ActivityKind.RECEIVED, *BY_THE_PERSON)


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    what: tuple[str, ...]
    note: str
    kind: ActivityKind
    undoes: datetime | None = None  # the time of the step that this one took back
    undone_at: datetime | None = None
    reference: str = ""  # of its request, on a page of several

    @property
    def icon(self) -> str:
        return ICONS.get(self.kind, "note")

    @property
    def is_quiet(self) -> bool:
        """What the site or a click did, rather than a person in words."""
        return self.kind not in CALLS_AND_NOTES and not self.note


def timeline(inquiry: Inquiry, most: int | None = MOST) -> list[Line]:
    """As many rows of it as ``most``, or all."""
    rows = inquiry.activities.exclude(kind__in=VIEWS).select_related("by")[:most]
    return list(with_undone(without_repeats(lines_of(rows, inquiry))))


def without_repeats(lines: list[Line]) -> Iterator[Line]:
    """With one line for all openings by the same person in a row on one day."""

    def looked(line: Line) -> tuple:
        return (line.who, day_of(line.at)) if line.kind == ActivityKind.SHOWN else (line.at,)

    for _, same in groupby(lines, looked):
        yield next(same)


def by_day(lines: list[Line]) -> list[tuple[date, list[Line]]]:
    return [(day, list(same)) for day, same in groupby(lines, lambda line: day_of(line.at))]


def latest_notes(lines: list[Line]) -> list[Line]:
    written = (ActivityKind.CALLED, ActivityKind.NOTED)
    return [line for line in lines if line.note and line.kind in written][:NOTES]


def changed_by_the_person(lines: list[Line]) -> list[Line]:
    """What the person changed since staff last tried to reach them."""
    since_then = takewhile(lambda line: line.kind != ActivityKind.CALLED, lines)
    return [line for line in since_then if line.kind == ActivityKind.CORRECTED]


def with_undone(lines: Iterable[Line]) -> Iterator[Line]:
    """With the time of its undo on each step that was undone."""
    undone: dict[datetime, datetime] = {}
    for line in lines:
        if line.undoes:
            undone[line.undoes] = line.at
        yield replace(line, undone_at=undone.get(line.at))


def lines_of(rows: Iterable[Activity], inquiry: Inquiry) -> list[Line]:
    concern = concern_words(inquiry.safety_concern)
    steps = groupby(map(replace_unreadable, rows), lambda row: (row.at, row.by_id))
    return [line_of(list(same), concern) for _, same in steps]


def line_of(rows: list[Activity], concern: Iterator[str]) -> Line:
    """One line for everything that was done in one step."""
    first, last = rows[-1], rows[0]
    what = tuple(words_of(row, concern) for row in reversed(rows))
    note = "\n".join(row.note for row in reversed(rows) if row.note)
    who, kind = person(last.by) or SITE, ActivityKind(first.kind)
    return Line(last.at, who, what, note, kind, step_undone_by(last))


def step_undone_by(row: Activity) -> datetime | None:
    if row.kind == ActivityKind.UNDONE:
        with suppress(ValueError):
            return datetime.fromisoformat(row.fields.partition(",")[0])
    return None


def words_of(row: Activity, concern: Iterator[str]) -> str:
    if row.attempt:
        return row.get_attempt_display()
    if row.kind == ActivityKind.RECEIVED and row.by_id:
        return "Received by phone"
    if row.kind == ActivityKind.SHOWN:
        return "Opened with message"
    if row.to_status:
        return f"Moved to “{row.get_to_status_display()}”"
    fields = row.fields.split(",") if row.fields else []
    if "safety_concern" in fields:
        words = next(concern)
        return f"Undone: {words}" if row.kind == ActivityKind.UNDONE else words
    changed = [FIELDS[name] for name in fields if name in FIELDS]
    if row.kind in (ActivityKind.CHANGED, ActivityKind.CORRECTED) and changed:
        return f"{row.get_kind_display()}: {', '.join(changed)}"
    return row.get_kind_display()


def concern_words(now: bool) -> Iterator[str]:
    """Words for each change of the flag, read from the newest row back.

    A row doesn't hold the new value, but since it alternates, today's value tells the others.
    """
    flagged, cleared = "Safety concern flagged", "Safety concern cleared"
    return cycle((flagged, cleared) if now else (cleared, flagged))


def since(inquiry: Inquiry, seen: int) -> list[Line]:
    """What was done after the history line ``seen``; if nothing was, the last thing done before."""
    done = inquiry.activities.exclude(kind__in=[*VIEWS, ActivityKind.SHOWN, ActivityKind.PRINTED])
    rows: Iterable[Activity] = done.filter(pk__gt=seen).select_related("by") if seen else []
    return lines_of(list(rows) or done.select_related("by")[:1], inquiry)
