"""An appointment as a calendar file (RFC 5545), to be sent to a person or opened by staff.

In UTC, so that no calendar needs to know the clinic's time zone, and with the reference only: who
sees another person's calendar learns nothing about them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.permissions import VIEW
from kapsite.inquiries.models import Appointment, Inquiry
from kapsite.inquiries.models.choices import ActivityKind, Booking
from kapsite.inquiries.models.logs.access_log import Act, log_access

LINE = 75  # bytes, without the end of the line
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
CALLED_OFF = (Booking.MOVED, Booking.CANCELED)


@require_safe
@permission_required(VIEW, raise_exception=True)
def calendar_file(request, pk: int):
    """The newest appointment of a request, called off or not."""
    inquiry = replace_unreadable(get_object_or_404(Inquiry.objects.seen_by(request.user), pk=pk))
    appointment = inquiry.appointments.order_by("pk").last()
    if not appointment:
        raise Http404
    with transaction.atomic():
        log_access(request, Act.EXPORTED, inquiry, details="calendar file")
        inquiry.record(ActivityKind.EXPORTED, by=request.user)
    response = HttpResponse(calendar(inquiry, appointment), content_type="text/calendar")
    name = f"appointment-{inquiry.reference}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def calendar(inquiry: Inquiry, appointment: Appointment) -> bytes:
    """The same UID for one that was moved, and a higher SEQUENCE after each step."""
    is_off = appointment.state in CALLED_OFF or (
        appointment.state == Booking.BOOKED and inquiry.appointment is None
    )
    properties = {
        "BEGIN": "VCALENDAR",
        "VERSION": "2.0",
        "PRODID": "-//Desk//Appointments//EN",
        "BEGIN ": "VEVENT",
        "UID": str(appointment.uid),
        "DTSTAMP": in_utc(timezone.now()),
        "SEQUENCE": str(inquiry.version),
        "STATUS": "CANCELLED" if is_off else "CONFIRMED",
        "DTSTART": in_utc(appointment.starts_at),
        "DTEND": in_utc(appointment.ends_at),
        "SUMMARY": escaped(f"Appointment {inquiry.reference_in_groups}"),
        "CLASS": "PRIVATE",
        "END ": "VEVENT",
        "END": "VCALENDAR",
    }
    lines = (f"{name.strip()}:{value}" for name, value in properties.items())
    return b"".join(part + b"\r\n" for line in lines for part in folded(line))


def in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    return text.translate(ESCAPED)


def folded(line: str) -> Iterator[bytes]:
    """In parts of at most LINE bytes, none of which ends within a character."""
    part = b""
    for character in line:
        more = character.encode()
        if len(part) + len(more) > LINE:
            yield part
            part = b" "
        part += more
    yield part
