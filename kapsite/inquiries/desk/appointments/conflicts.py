"""What speaks against a time for an appointment. Staff can book it all the same."""

from collections.abc import Iterator
from datetime import datetime

from kapsite.clinic import days
from kapsite.clinic.deadlines import hours_on
from kapsite.clinic.facts import get_clinic
from kapsite.clinic.opening_hours import clock, times_in_words
from kapsite.inquiries.models import Appointment, Inquiry


def conflicts(start: datetime, end: datetime, clinician: str, inquiry: Inquiry) -> Iterator[str]:
    """In words for staff: the clinic is closed, or ``clinician`` sees someone else."""
    day = f"{start:%a %b %-d}"
    hours = hours_on(start.date(), get_clinic())
    if not hours:
        yield f"The clinic is closed on {day}."
    elif not any(a <= start.time() and end.time() <= b for a, b in hours.spans) or (
        start.date() != end.date()
    ):
        until = clock(end.time())
        yield f"On {day} the clinic is open {times_in_words(hours)}. This ends at {until}."
    for other in Appointment.objects.overlapping(start, end, clinician, inquiry):
        at = other.starts_at.astimezone(days.zone())
        whose = f"{clinician} has" if clinician else "There is"
        yield f"{whose} another appointment at {clock(at.time())} for {other.length} min."
