"""Reply deadlines: the one the person was promised, and the one staff aim for.

Counted in the clinic's time zone, over its open days. Differences are taken in UTC, because
Python subtracts two times of one zone as if no clock were ever changed. Plain Python.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from .facts import Clinic
from .opening_hours import ASSUMED_HOURS, DAYS, OpenHours, clock

SOON = timedelta(minutes=45)  # with a safety concern the next attempt is within the hour
MAX_DAYS_AHEAD = 60  # a clinic that is closed for longer promises nothing


def promised_by(received: datetime, clinic: Clinic) -> datetime | None:
    """When the reply promise ends, in the clinic's time zone; None if nothing is promised."""
    promise, zone = clinic.reply_promise, ZoneInfo(clinic.time_zone)
    if not promise:
        return None
    after = received.astimezone(zone).date() + timedelta(days=1)
    days = islice(open_days(after, clinic), promise.open_days - 1, None)
    for day, opening, closing in days:
        end = datetime.combine(day, promise.by, zone)
        return end if opening < end <= closing else closing
    return None


def reply_due(received: datetime, clinic: Clinic, safety_concern: bool) -> datetime:
    """When staff should have replied: as promised, else by the end of the next working day.

    With ``safety_concern`` sooner. Something is always due, however little is known.
    """
    due = promised_by(received, clinic) or end_of_next_day(received, clinic)
    if not safety_concern:
        return due
    return min(due, after_open_time(received, timedelta(hours=clinic.safety_concern_hours), clinic))


def soon_after(moment: datetime, clinic: Clinic) -> datetime:
    """When to try again with a safety concern, in the clinic's time zone, to five minutes.

    By the clock, whether the clinic is still open or not: a person may be in danger.
    """
    soon = (moment + SOON).astimezone(ZoneInfo(clinic.time_zone))
    return soon.replace(minute=soon.minute // 5 * 5, second=0, microsecond=0)


def end_of_next_day(moment: datetime, clinic: Clinic) -> datetime:
    """When the next open day after ``moment`` ends; of the next day if the clinic stays closed."""
    after = moment.astimezone(ZoneInfo(clinic.time_zone)).date() + timedelta(days=1)
    return next((closing for _, _, closing in open_days(after, clinic)), end_of(after, clinic))


def last_day_over(now: datetime, clinic: Clinic) -> date:
    """The latest open day that has ended by ``now``; ``MAX_DAYS_AHEAD`` ago if there is none."""
    today = now.astimezone(ZoneInfo(clinic.time_zone)).date()
    for day in (today - timedelta(days=number) for number in range(MAX_DAYS_AHEAD)):
        if hours_on(day, clinic) and end_of(day, clinic) <= now:
            return day
    return today - timedelta(days=MAX_DAYS_AHEAD)


def end_of(day: date, clinic: Clinic) -> datetime:
    """When ``day`` ends at the clinic: as it closes, or at midnight on a closed day."""
    zone = ZoneInfo(clinic.time_zone)
    if hours := hours_on(day, clinic):
        return datetime.combine(day, hours.closing, zone)
    return datetime.combine(day + timedelta(days=1), time(), zone)


def after_open_time(start: datetime, length: timedelta, clinic: Clinic) -> datetime:
    """When the clinic has been open for ``length`` since ``start``; by the clock if its
    hours are not known, since a person may be in danger."""
    if not clinic.hours:
        return start + length
    first = start.astimezone(ZoneInfo(clinic.time_zone)).date()
    for opening, closing in open_spans(first, clinic):
        begin, end = max(opening.astimezone(UTC), start.astimezone(UTC)), closing.astimezone(UTC)
        if begin + length <= end:
            return begin + length
        length -= max(end - begin, timedelta(0))
    return start + length


def open_days(first: date, clinic: Clinic) -> Iterator[tuple[date, datetime, datetime]]:
    """Each open day from ``first`` on, with its opening and closing."""
    zone = ZoneInfo(clinic.time_zone)
    for day, hours in days_with_hours(first, clinic):
        opening = datetime.combine(day, hours.opening, zone)
        yield day, opening, datetime.combine(day, hours.closing, zone)


def open_spans(first: date, clinic: Clinic) -> Iterator[tuple[datetime, datetime]]:
    """From when to when the clinic is open, from the day ``first`` on; breaks left out."""
    zone = ZoneInfo(clinic.time_zone)
    for day, hours in days_with_hours(first, clinic):
        for start, end in hours.spans:
            yield datetime.combine(day, start, zone), datetime.combine(day, end, zone)


def days_with_hours(first: date, clinic: Clinic) -> Iterator[tuple[date, OpenHours]]:
    for day in (first + timedelta(days=number) for number in range(MAX_DAYS_AHEAD)):
        if hours := hours_on(day, clinic):
            yield day, hours


def hours_on(day: date, clinic: Clinic) -> OpenHours | None:
    """None on a closed day: one of the week, or a holiday."""
    hours = (clinic.hours or ASSUMED_HOURS).get(DAYS[day.weekday()])
    return hours if day not in clinic.holidays else None


def in_words(end: datetime, now: datetime) -> str:
    """ "by noon today", "by Tuesday at noon", "by Tuesday, January 5, at noon"."""
    ahead = (end.date() - now.astimezone(end.tzinfo).date()).days
    at = clock(end.time())
    if ahead == 0:
        return f"by {at} today"
    if 0 < ahead < 7:
        return f"by {end:%A} at {at}"
    return f"by {end:%A, %B %-d}, at {at}"
