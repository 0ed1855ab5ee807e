"""A day of appointments: a column for each clinician, which is a list on phones and for ears."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.utils import timezone
from django.views.decorators.http import require_safe

from kapsite.clinic.days import start_of, today, zone
from kapsite.clinic.deadlines import hours_on
from kapsite.clinic.facts import get_clinic
from kapsite.clinic.opening_hours import ASSUMED_HOURS, OpenHours
from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.date_filter import read_day
from kapsite.inquiries.desk.page_parts.permissions import SEE_NAMES, VIEW
from kapsite.inquiries.desk.page_parts.undo import undo_bar
from kapsite.inquiries.models import Appointment, Inquiry
from kapsite.inquiries.models.choices import Booking
from kapsite.inquiries.models.logs.access_log import Act, log_access

from .clinicians import clinicians

QUARTER = timedelta(minutes=15)
ANSWERS = (("attended", "Attended"), ("no_show", "No-show"))  # steps
LANES = 3  # overlapping appointments side by side
SHOWN = ("reference", "status", "safety_concern", "version", "withdrawn_at")


@dataclass
class Block:
    """An appointment, or a time at which the clinic is closed."""

    start: datetime
    end: datetime
    appointment: Appointment | None = None
    is_asking: bool = False  # it has begun, and nobody said whether they came
    lane: int = 1
    lanes: int = 1

    @property
    def position(self) -> str:
        """Classes of appointments.css: hour, quarter, how many quarters, and beside what."""
        quarters = -((self.start - self.end) // QUARTER) + (self.start.minute % 15 > 0)
        place = f"h{self.start.hour} q{self.start.minute // 15} n{min(max(quarters, 1), 32)}"
        return f"{place} lane{self.lane} of{self.lanes}"

    # Not by filters of the template: on a day with hundreds they take five times as long.
    @property
    def begins(self) -> str:
        return f"{self.start:%-I:%M}"

    @property
    def ends(self) -> str:
        return f"{self.end:%-I:%M %p}"

    @property
    def overlaps(self) -> bool:
        return self.lanes > 1


@dataclass(frozen=True)
class Column:
    clinician: str
    blocks: list[Block]
    shut: list[Block]

    @property
    def in_order(self) -> list[Block]:
        return sorted([*self.blocks, *self.shut], key=lambda block: block.start)


@dataclass(frozen=True)
class DayOfWeek:
    day: date
    booked: int
    is_open: bool


@require_safe
@permission_required(VIEW, raise_exception=True)
def day_page(request):
    day = read_day(request.GET.get("day", "")) or today()
    sees_names = request.user.has_perm(SEE_NAMES)
    appointments = appointments_on(day, sees_names)
    log_access(request, Act.LISTED, count=len(appointments), details=f"appointments {day}")
    now, hours = timezone.now(), hours_on(day, get_clinic())
    columns = columns_of(appointments, day, hours, now)
    blocks = [block for column in columns for block in column.blocks]
    first, last = span_of(blocks, hours)
    return admin_page(
        request,
        "appointments.html",
        f"{day:%a %b %-d}",
        subtitle="Appointments",
        day=day,
        is_today=day == today(),
        is_open=hours is not None,
        previous=day - timedelta(days=1),
        next=day + timedelta(days=1),
        week=week_of(day),
        columns=columns,
        first=first,
        hours=[time(hour) for hour in range(first, last)],
        number=len(appointments),
        asking=sum(block.is_asking for block in blocks),
        overlapping=sum(block.overlaps for block in blocks),
        sees_names=sees_names,
        answers=ANSWERS,
        undo=undo_bar(request.user, now),
    )


def appointments_on(day: date, sees_names: bool) -> list[Appointment]:
    """With what the page shows of their requests, the name only where it may be seen."""
    start, end = start_of(day), start_of(day + timedelta(days=1))
    found = list(Appointment.objects.between(start, end))
    shown = (*SHOWN, "name") if sees_names else SHOWN
    inquiries = Inquiry.objects.only(*shown).in_bulk({row.inquiry_id for row in found})
    known = [row for row in found if row.inquiry_id in inquiries]  # not erased meanwhile
    for row in known:
        row.inquiry = replace_unreadable(inquiries[row.inquiry_id])
    return known


def columns_of(
    appointments: list[Appointment], day: date, hours: OpenHours | None, now: datetime
) -> list[Column]:
    """One for each clinician, those who have left too while they have an appointment."""
    names = clinicians()
    others = {each.clinician for each in appointments} - set(names)
    local = zone()
    columns = []
    for name in [*names, *sorted(others)] or [""]:
        blocks = [
            Block(
                each.starts_at.astimezone(local),
                each.ends_at.astimezone(local),
                each,
                is_asking=each.state == Booking.BOOKED and each.starts_at <= now,
            )
            for each in appointments
            if each.clinician == name
        ]
        columns.append(Column(name, side_by_side(blocks), shut_on(day, hours)))
    return columns


def side_by_side(blocks: list[Block]) -> list[Block]:
    """Blocks that overlap, in groups of which each has as many lanes as it needs."""
    group: list[Block] = []
    for block in blocks:
        if all(other.end <= block.start for other in group):
            group = []
        taken = {other.lane for other in group if other.end > block.start}
        free = (lane for lane in range(1, LANES + 1) if lane not in taken)
        block.lane = next(free, LANES)
        group.append(block)
        lanes = max(other.lane for other in group)
        for other in group:
            other.lanes = lanes
    return blocks


def shut_on(day: date, hours: OpenHours | None) -> list[Block]:
    breaks, local = hours.breaks if hours else (), zone()
    return [
        Block(datetime.combine(day, start, local), datetime.combine(day, end, local))
        for start, end in breaks
    ]


def span_of(blocks: list[Block], hours: OpenHours | None) -> tuple[int, int]:
    """The hours that the page shows: those of the clinic, and those of every appointment."""
    known = hours or ASSUMED_HOURS["monday"]
    first = min([known.opening.hour, *(block.start.hour for block in blocks)])
    ends = [known.closing, *(block.end.time() for block in blocks)]
    is_late = any(block.end.date() != block.start.date() for block in blocks)
    last = 24 if is_late else max(end.hour + (end.minute > 0) for end in ends)
    return first, last


def week_of(day: date) -> list[DayOfWeek]:
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    starts = [start_of(each) for each in [*days, days[-1] + timedelta(days=1)]]
    on_days = {
        f"day{number}": Count("pk", filter=Q(starts_at__gte=start, starts_at__lt=end))
        for number, (start, end) in enumerate(pairwise(starts))
    }
    booked = Appointment.objects.between(starts[0], starts[-1]).aggregate(**on_days).values()
    clinic = get_clinic()
    return [
        DayOfWeek(each, number, hours_on(each, clinic) is not None)
        for each, number in zip(days, booked, strict=True)
    ]
