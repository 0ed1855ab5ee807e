"""Days and times as the clinic counts them, in the time zone of ``clinic.yaml``.

Nothing else decides which zone a time is shown in: the process itself runs in UTC.
"""

from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from kapsite.content_files.problems import ContentError

from .facts import Clinic, get_clinic

# A list asks for the zone several times for each of its rows, and each time the file is looked at.
of_this_request: ContextVar[ZoneInfo | None] = ContextVar("zone of this request", default=None)


def zone() -> ZoneInfo:
    """The same throughout a request; else that of the clinic's facts as they are now."""
    return of_this_request.get() or published_zone()


def published_zone() -> ZoneInfo:
    """As published; the default of ``clinic.yaml`` while its file can't be read."""
    try:
        return ZoneInfo(get_clinic().time_zone)
    except ContentError:
        return ZoneInfo(Clinic.model_fields["time_zone"].default)


def clinic_time(get_response):
    """Middleware: templates, filters and database functions use the clinic's time zone."""

    def respond(request):
        known = published_zone()
        token = of_this_request.set(known)
        try:
            with timezone.override(known):
                return get_response(request)
        finally:
            of_this_request.reset(token)

    return respond


def day_of(moment: datetime) -> date:
    return moment.astimezone(zone()).date()


def today() -> date:
    return day_of(timezone.now())


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), zone())


def is_skipped(moment: datetime) -> bool:
    """Whether the clocks skip this local time when daylight saving time begins."""
    there_and_back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return there_and_back.replace(tzinfo=None) != moment.replace(tzinfo=None)
