"""The numbers of the overview."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from math import ceil
from typing import NamedTuple

from django.db.models import Count, Field, Func, Q
from django.utils.safestring import SafeString

from kapsite.clinic.days import start_of
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import OPEN, Outcome, Status

from .svg import strip

WEEKS = 12
HOUR = 3600  # seconds
SHOWN = (*OPEN, Status.SPAM, Status.FLOOD)


class Figure(NamedTuple):
    label: str
    number: int

    @property
    def shown(self) -> str:
        return f"{self.number:,}"


def with_bars(figures: Sequence[Figure]) -> list[tuple[Figure, SafeString]]:
    most = max(figure.number for figure in figures) or 1
    return [(figure, strip(figure.number / most)) for figure in figures]


@dataclass
class Week:
    monday: date
    received: int = 0
    waits: list[int] = field(default_factory=list)  # seconds until a colleague spoke with them

    @property
    def label(self) -> str:
        return f"{self.monday:%b %-d}"

    @cached_property
    def median(self) -> int | None:
        return percentile(self.waits, 50)

    @cached_property
    def ninetieth(self) -> int | None:
        return percentile(self.waits, 90)


def percentile(values: Sequence[int], percent: int) -> int | None:
    """The smallest value that at least ``percent`` in 100 of them do not exceed; None of none."""
    if not values:
        return None
    return sorted(values)[max(ceil(len(values) * percent / 100) - 1, 0)]


def in_words(seconds: int | None) -> str:
    if seconds is None:
        return "–"
    if seconds < HOUR:
        return f"{max(round(seconds / 60), 1)} min"
    if seconds < 48 * HOUR:
        return f"{round(seconds / HOUR)} h"
    return f"{round(seconds / HOUR / 24)} days"


def now_open(now: datetime) -> tuple[list[Figure], list[Figure]]:
    """Open requests by state, and those that are overdue or have a safety concern."""
    open_now = Inquiry.objects.contactable().filter(
        closed_at__isnull=True
    )  # this finds the partial index
    late = Count("pk", filter=Q(due_at__lt=now))
    concern = Count("pk", filter=Q(safety_concern=True))
    by_status = open_now.order_by().values_list("status")
    rows = by_status.annotate(Count("pk"), late=late, concern=concern)
    found = {status: counts for status, *counts in rows}
    states = [Figure(state.label, found.get(state, [0])[0]) for state in SHOWN]
    overdue, safety_concern = (
        sum(counts[place] for state, counts in found.items() if state in OPEN) for place in (1, 2)
    )
    return states, [Figure("Overdue", overdue), Figure("With a safety concern", safety_concern)]


def weeks(today: date) -> list[Week]:
    """The last weeks up to this one: what came in, and how long people waited."""
    this_monday = today - timedelta(days=today.weekday())
    found = [Week(this_monday - timedelta(weeks=back)) for back in reversed(range(WEEKS))]
    starts = [start_of(week.monday) for week in found]
    ends = [round(start.timestamp()) for start in starts[1:]]
    place = 0
    for received, contacted in times_since(starts[0]):  # in the order in which they came
        while place < len(ends) and received >= ends[place]:
            place += 1
        found[place].received += 1
        if contacted is not None:
            found[place].waits.append(max(contacted - received, 0))
    return found


class Epoch(Func):
    """A time in seconds. Of a hundred thousand rows Django would make as many times."""

    output_field = Field()  # Django would make integers of the integers of an IntegerField

    def as_sqlite(self, compiler, connection, **context):
        # To the millisecond, which is what it keeps; takes half as long as strftime.
        seconds = "(julianday(%(expressions)s) - 2440587.5) * 86400"
        template = f"CAST({seconds} + 0.0005 AS INTEGER)"
        return super().as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler, connection, **context):
        template = "CAST(extract(epoch FROM %(expressions)s) AS BIGINT)"
        return super().as_sql(compiler, connection, template=template, **context)


def times_since(start: datetime) -> Iterable[tuple[int, int | None]]:
    """When each request came and when someone first spoke with them, in seconds."""
    real = Inquiry.objects.active().filter(received_at__gte=start)
    real = real.exclude(status__in=(Status.SPAM, Status.FLOOD)).order_by("received_at")
    return real.values_list(Epoch("received_at"), Epoch("first_contact_at"))


def outcomes(since: datetime, until: datetime | None = None) -> list[Figure]:
    closed = Inquiry.objects.filter(outcome__in=Outcome.values, closed_at__gte=since)
    if until:
        closed = closed.filter(closed_at__lt=until)
    # Not of "pk", or PostgreSQL reads the rows, where its index has all else.
    found = Counter(dict(closed.order_by().values_list("outcome").annotate(all=Count("*"))))
    return [Figure(outcome.label, found[outcome]) for outcome in Outcome]
