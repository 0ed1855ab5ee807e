"""Days as the clinic counts them, in its own time zone."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from .facts import get_clinic


def zone() -> ZoneInfo:
    return ZoneInfo(get_clinic().time_zone)


def day_of(moment: datetime) -> date:
    return moment.astimezone(zone()).date()


def today() -> date:
    return day_of(timezone.now())


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), zone())
