"""Which times fit a person: for an appointment, and to call them back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from kapsite.clinic.deadlines import open_spans
from kapsite.clinic.facts import Clinic
from kapsite.clinic.opening_hours import DAYS
from kapsite.inquiries.desk.page_parts.formatting import moment_in_words
from kapsite.inquiries.models import Appointment, Inquiry
from kapsite.inquiries.models.choices import Time
from kapsite.inquiries.models.request.appointment import LONGEST

NOON, EVENING = time(12), time(17)
RASTER = timedelta(minutes=30)
LENGTHS, USUAL_LENGTH = (30, 45, 60, 90, 120), 60  # minutes, of an appointment
SLOTS, SLOTS_A_DAY = 6, 2
DAYS_AHEAD = timedelta(days=30)
NOTICE = timedelta(hours=1)  # nobody comes sooner
SOONEST_CALL = timedelta(hours=2)


def part_of(at: time) -> Time:
    if at < NOON:
        return Time.MORNING
    return Time.AFTERNOON if at < EVENING else Time.EVENING


@dataclass(frozen=True)
class Wishes:
    """Good days and parts of the day, as the person said; "" for any."""

    days: str
    times: str

    def fit(self, moment: datetime) -> bool:
        is_day = not self.days or DAYS[moment.weekday()] in self.days.split(",")
        return is_day and (not self.times or part_of(moment.time()) in self.times.split(","))


def wishes_of(inquiry: Inquiry) -> Wishes:
    return Wishes(inquiry.days, inquiry.times)


NO_WISHES = Wishes("", "")


def starts(after: datetime, length: timedelta, clinic: Clinic) -> Iterator[datetime]:
    """Every half hour after ``after`` from which the clinic is open for ``length``."""
    local = after.astimezone(ZoneInfo(clinic.time_zone))
    for start, end in open_spans(local.date(), clinic):
        while start + length <= end:
            if start > local:
                yield start
            start += RASTER


@dataclass(frozen=True)
class Slot:
    start: datetime  # in the clinic's time zone
    clinician: str
    length: int = USUAL_LENGTH  # minutes

    def __str__(self):
        return moment_in_words(self.start)

    @property
    def value(self) -> str:
        """As a form sends it; see slot_from."""
        return f"{self.start:%Y-%m-%dT%H:%M} {self.length} {self.clinician}".strip()


def slot_from(value: str, zone: ZoneInfo) -> Slot:
    """Raises ValueError."""
    at, length, *clinician = value.split(" ", 2)
    start = datetime.strptime(at, "%Y-%m-%dT%H:%M").replace(tzinfo=zone)
    if length not in map(str, LENGTHS):
        raise ValueError(length)
    return Slot(start, "".join(clinician), int(length))


def free_slots(
    now: datetime,
    wishes: Wishes,
    clinician_names: list[str],
    clinic: Clinic,
    minutes: int = USUAL_LENGTH,
) -> list[Slot]:
    """Up to SLOTS times within open hours, at most two on one day. One query."""
    names = clinician_names or [""]
    taken = list(
        Appointment.objects.live().filter(
            starts_at__gt=now - LONGEST, starts_at__lt=now + DAYS_AHEAD, clinician__in=names
        )
    )
    length = timedelta(minutes=minutes)

    def free(start: datetime) -> Slot | None:
        busy = {
            each.clinician
            for each in taken
            if each.starts_at < start + length and each.ends_at > start
        }
        turn = (start.toordinal() + start.hour) % len(names)  # so that not all go to the first
        name = next((name for name in names[turn:] + names[:turn] if name not in busy), None)
        return Slot(start, name, minutes) if name is not None else None

    fitting = (start for start in starts(now + NOTICE, length, clinic) if wishes.fit(start))
    near = (start for start in fitting if start < now + DAYS_AHEAD)
    slots = (slot for start in near if (slot := free(start)))
    return list(islice(spread(slots, length), SLOTS))


def spread(slots: Iterable[Slot], apart: timedelta) -> Iterator[Slot]:
    """The first of each day, and another that doesn't overlap it."""
    last, on_that_day = None, 0
    for slot in slots:
        if last is None or slot.start.date() != last.date():
            on_that_day = 0
        elif on_that_day == SLOTS_A_DAY or slot.start < last + apart:
            continue
        last, on_that_day = slot.start, on_that_day + 1
        yield slot


def call_times(now: datetime, wishes: Wishes, clinic: Clinic) -> list[datetime]:
    """The first time of each day to call back that fits the person and the open hours."""
    days: dict[date, datetime] = {}
    for start in starts(now + SOONEST_CALL, RASTER, clinic):
        if wishes.fit(start):
            days.setdefault(start.date(), start)
    return list(days.values())
