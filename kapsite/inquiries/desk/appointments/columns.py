"""What stands in a day: the appointments of each clinician, and when the clinic is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kapsite.clinic.days import zone
from kapsite.clinic.opening_hours import ASSUMED_HOURS, OpenHours
from kapsite.inquiries.desk.page_parts.addresses import addresses
from kapsite.inquiries.models import Appointment
from kapsite.inquiries.models.choices import Booking, Place
from kapsite.text.cleaning import visible

from .clinicians import clinicians

QUARTER = timedelta(minutes=15)
LANES = 3  # overlapping appointments side by side
ANSWERS = (("attended", "Attended"), ("no_show", "No-show"))  # steps


@dataclass
class Block:
    """An appointment, or a time at which the clinic is closed.

    An appointment says all in words: on a day with hundreds a template would take twice as long.
    """

    start: datetime
    end: datetime
    who: str = ""
    url: str = ""
    place: str = ""
    place_label: str = ""
    answer: str = ""  # whether they came, where someone said so
    has_attended: bool = False
    is_asking: bool = False  # it has begun, and nobody said whether they came
    answers: tuple[tuple[str, str], ...] = ()  # that can be given: addresses and labels
    is_concern: bool = False
    version: int = 0
    lane: int = 1
    lanes: int = 1

    @property
    def position(self) -> str:
        """Classes of appointments.css: hour, quarter, how many quarters, and beside what."""
        quarters = -((self.start - self.end) // QUARTER) + (self.start.minute % 15 > 0)
        place = f"h{self.start.hour} q{self.start.minute // 15} n{min(max(quarters, 1), 32)}"
        return f"{place} lane{self.lane} of{self.lanes}"

    @property
    def kind(self) -> str:
        if self.has_attended:
            return " slot-done"
        return " slot-ask" if self.is_asking or self.overlaps else ""

    @property
    def begins(self) -> str:
        return f"{self.start:%-I:%M}"

    @property
    def ends(self) -> str:
        return f"{self.end:%-I:%M %p}"

    @property
    def since(self) -> str:
        return self.start.isoformat()

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


def columns_of(
    appointments: list[Appointment],
    day: date,
    hours: OpenHours | None,
    now: datetime,
    sees_names: bool,
    may_answer: bool,
) -> list[Column]:
    """One for each clinician, those who have left too while they have an appointment."""
    names = clinicians()
    others = {each.clinician for each in appointments} - set(names)
    block = block_maker(now, sees_names, may_answer)
    return [
        Column(
            name,
            side_by_side([block(each) for each in appointments if each.clinician == name]),
            shut_on(day, hours),
        )
        for name in [*names, *sorted(others)] or [""]
    ]


def block_maker(
    now: datetime, sees_names: bool, may_answer: bool
) -> Callable[[Appointment], Block]:
    local, record = zone(), addresses("change")
    steps = [(addresses("step", step), label) for step, label in ANSWERS]

    def block(appointment: Appointment) -> Block:
        inquiry, state = appointment.inquiry, appointment.state
        is_booked = state == Booking.BOOKED
        is_asking = is_booked and appointment.starts_at <= now
        can_answer = is_asking and may_answer
        return Block(
            appointment.starts_at.astimezone(local),
            appointment.ends_at.astimezone(local),
            who=visible(inquiry.name) if sees_names else inquiry.reference_in_groups,
            url=record(inquiry.pk),
            place=appointment.place,
            place_label=Place(appointment.place).label,
            answer="" if is_booked else Booking(state).label,
            has_attended=state == Booking.ATTENDED,
            is_asking=is_asking,
            answers=tuple((step(inquiry.pk), label) for step, label in steps if can_answer),
            is_concern=inquiry.safety_concern,
            version=inquiry.version,
        )

    return block


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
