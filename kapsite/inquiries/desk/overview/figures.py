"""The numbers of the overview. Small ones are not told: they could point at a person."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil

from django.db import connection
from django.db.models import Count, Q

from kapsite.clinic.days import start_of
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import OPEN, Outcome, Status

FEWEST = 5
WEEKS = 12
HOUR = 3600  # seconds
SHOWN = (*OPEN, Status.SPAM, Status.FLOOD)


@dataclass(frozen=True)
class Figure:
    """A count, unless it is too small to be told. "none" tells of nobody.

    No total stands beside figures of which one may be hidden: the difference would tell it.
    """

    label: str
    count: int

    @property
    def is_hidden(self) -> bool:
        return 0 < self.count < FEWEST

    @property
    def shown(self) -> str:
        return f"under {FEWEST}" if self.is_hidden else f"{self.count:,}" if self.count else "none"

    @property
    def height(self) -> int:
        """For a chart, in which what is hidden looks the same whether it is 1 or 4."""
        return FEWEST - 1 if self.is_hidden else self.count


@dataclass
class Week:
    monday: date
    received: int = 0
    waits: list[int] = field(default_factory=list)  # seconds until somebody spoke with them

    @property
    def label(self) -> str:
        return f"{self.monday:%b} {self.monday.day}"

    @property
    def volume(self) -> Figure:
        return Figure(self.label, self.received)

    @property
    def can_be_told(self) -> bool:
        return len(self.waits) >= FEWEST

    @property
    def median(self) -> int | None:
        return percentile(self.waits, 50) if self.can_be_told else None

    @property
    def ninetieth(self) -> int | None:
        return percentile(self.waits, 90) if self.can_be_told else None


def percentile(values: Sequence[int], percent: int) -> int:
    """The smallest value that at least ``percent`` in 100 of them do not exceed."""
    return sorted(values)[max(ceil(len(values) * percent / 100) - 1, 0)]


def in_words(seconds: int | None) -> str:
    if seconds is None:
        return "too few to tell"
    if seconds < HOUR:
        return f"{max(round(seconds / 60), 1)} min"
    if seconds < 48 * HOUR:
        return f"{round(seconds / HOUR)} h"
    return f"{round(seconds / HOUR / 24)} days"


def now_open(now: datetime) -> tuple[list[Figure], list[Figure]]:
    """Open requests by state; and those that need somebody."""
    open_now = Inquiry.objects.filter(closed_at__isnull=True)  # this finds the partial index
    late, care = Q(due_at__lt=now), Q(safety_concern=True)
    rows = (
        open_now.order_by()
        .values_list("status")
        .annotate(Count("pk"), late=Count("pk", filter=late), care=Count("pk", filter=care))
    )
    found = {status: counts for status, *counts in rows}
    states = [Figure(state.label, found.get(state, [0])[0]) for state in SHOWN]
    overdue, safety_concern = (
        sum(counts[place] for state, counts in found.items() if state in OPEN) for place in (1, 2)
    )
    return states, [Figure("Overdue", overdue), Figure("May need care soon", safety_concern)]


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


SECONDS = {
    "sqlite": "CAST(strftime('%%s', {}) AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM {}) AS BIGINT)",
}


def times_since(start: datetime) -> list[tuple[int, int | None]]:
    """When each request came and when somebody first spoke with them, in seconds.

    In SQL: of a hundred thousand rows Django would make two hundred thousand times.
    """
    seconds = SECONDS[connection.vendor]
    received, contacted = (seconds.format(name) for name in ("received_at", "first_contact_at"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {received}, {contacted} FROM inquiries_inquiry "  # noqa: S608
            "WHERE received_at >= %s AND status NOT IN (%s, %s) ORDER BY received_at",
            [
                connection.ops.adapt_datetimefield_value(start),
                Status.SPAM,
                Status.FLOOD,
            ],
        )
        return cursor.fetchall()


def outcomes(since: datetime) -> list[Figure]:
    closed = Inquiry.objects.filter(outcome__in=Outcome.values, closed_at__gte=since)
    found = Counter(dict(closed.order_by().values_list("outcome").annotate(Count("pk"))))
    return [Figure(outcome.label, found[outcome]) for outcome in Outcome]
