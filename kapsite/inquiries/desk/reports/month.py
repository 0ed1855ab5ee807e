"""The numbers of one month: what came in, how fast people were reached, what became of it."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import Q

from kapsite.clinic.days import day_of, start_of
from kapsite.inquiries.models import Appointment, Inquiry
from kapsite.inquiries.models.choices import Booking, Outcome, Status

from .figures import Epoch, Figure, outcomes, percentile

DAY = timedelta(days=1)
GAP = 100_000  # keys, of which a clinic with a million requests has ten


@dataclass
class Tally:
    """Of the requests received on some days, whenever the rest happened."""

    label: str = ""
    received: int = 0
    booked: int = 0
    came: int = 0
    waits: list[int] = field(default_factory=list)  # seconds until a colleague spoke with them

    @property
    def reached(self) -> int:
        return len(self.waits)

    @property
    def median(self) -> int | None:
        return percentile(self.waits, 50)

    @property
    def slowest(self) -> int | None:
        return max(self.waits, default=None)

    def percent(self, part: int) -> int:
        return round(100 * part / self.received) if self.received else 0


@dataclass(frozen=True)
class MonthReport:
    first: date
    total: Tally
    weeks: list[Tally]
    weekdays: list[Tally]
    outcomes: list[Figure]


def month_report(first: date, now: datetime) -> MonthReport:
    """Of the month that begins on ``first``, up to ``now``; days are those of the clinic."""
    days = days_until(next_month(first), first, day_of(now))
    tallies = tally_by_day(days)
    by_day = list(zip(days, tallies, strict=True))
    weeks = [
        sum_of(label_of([day for day, _ in week]), (tally for _, tally in week))
        for _, each in groupby(by_day, key=lambda pair: pair[0].isocalendar()[:2])
        for week in [list(each)]
    ]
    weekdays = [
        sum_of(name, (tally for day, tally in by_day if day.weekday() == number))
        for number, name in enumerate(WEEKDAYS)
    ]
    return MonthReport(
        first,
        total=sum_of(f"{first:%B}", tallies),
        weeks=weeks,
        weekdays=weekdays,
        outcomes=outcomes(start_of(first), start_of(next_month(first))),
    )


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def next_month(first: date) -> date:
    return (first + 31 * DAY).replace(day=1)


def days_until(end: date, first: date, today: date) -> list[date]:
    """Each day of the month, as far as it has begun."""
    return [first + number * DAY for number in range((min(end, today + DAY) - first).days)]


def tally_by_day(days: list[date]) -> list[Tally]:
    tallies = [Tally() for _ in days]
    starts = [round(start_of(day).timestamp()) for day in days]
    rows = list(requests_on(days))
    booked, came = appointments_of([row[0] for row in rows])
    for key, received, contacted, status, outcome in rows:
        tally = tallies[bisect_right(starts, received) - 1]
        has_come = key in came or outcome == Outcome.EVALUATED
        tally.received += 1
        tally.came += has_come
        tally.booked += has_come or key in booked or status == Status.SCHEDULED
        if contacted is not None:
            tally.waits.append(max(contacted - received, 0))
    return tallies


def requests_on(days: list[date]) -> Iterable[tuple]:
    """Without spam and what was withdrawn before staff reached the person."""
    if not days:
        return ()
    left_out = (Status.SPAM, Status.FLOOD)
    real = Inquiry.objects.active().exclude(status__in=left_out).order_by()
    real = real.filter(received_at__gte=start_of(days[0]), received_at__lt=start_of(days[-1] + DAY))
    times = (Epoch("received_at"), Epoch("first_contact_at"))
    return real.values_list("pk", *times, "status", "outcome")


def appointments_of(keys: list[int]) -> tuple[set[int], set[int]]:
    """The requests for which an appointment was made, canceled ones too; and those who came.

    Keys follow the order in which requests come, so a range finds them, and a few others; where
    some don't, several ranges.
    """
    ordered = sorted(keys)
    wide = [place for place in range(1, len(keys)) if ordered[place] - ordered[place - 1] > GAP]
    bounds = zip([0, *wide], [*wide, len(keys)], strict=True)
    ranges = [
        Q(inquiry__gte=ordered[first], inquiry__lte=ordered[end - 1])
        for first, end in bounds
        if end
    ]
    if not ranges:
        return set(), set()
    found = Appointment.objects.filter(reduce(or_, ranges)).order_by()
    states = list(found.values_list("inquiry", "state"))
    came = {key for key, state in states if state == Booking.ATTENDED}
    return {key for key, _ in states}, came


def sum_of(label: str, tallies: Iterable[Tally]) -> Tally:
    total = Tally(label)
    for each in tallies:
        total.received += each.received
        total.booked += each.booked
        total.came += each.came
        total.waits += each.waits
    return total


def label_of(days: list[date]) -> str:
    """ "Nov 2–8", "Nov 30"."""
    first, last = days[0], days[-1]
    return f"{first:%b %-d}" + (f"–{last.day}" if last > first else "")
