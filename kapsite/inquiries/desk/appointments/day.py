"""A day of appointments: a column for each clinician, which is a list on phones and for ears."""

from datetime import date, time, timedelta
from itertools import pairwise

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.utils import timezone
from django.views.decorators.http import require_safe

from kapsite.clinic.days import start_of, today
from kapsite.clinic.deadlines import hours_on
from kapsite.clinic.facts import get_clinic
from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.date_filter import read_day
from kapsite.inquiries.desk.page_parts.permissions import CHANGE, SEE_NAMES, VIEW
from kapsite.inquiries.desk.page_parts.undo import undo_bar
from kapsite.inquiries.models import Appointment, Inquiry
from kapsite.inquiries.models.logs.access_log import Act, log_access

from .columns import columns_of, span_of

SHOWN = ("reference", "status", "safety_concern", "version", "withdrawn_at")


@require_safe
@permission_required(VIEW, raise_exception=True)
def day_page(request):
    day = read_day(request.GET.get("day", "")) or today()
    sees_names = request.user.has_perm(SEE_NAMES)
    appointments = appointments_on(day, sees_names)
    log_access(request, Act.LISTED, count=len(appointments), details=f"appointments {day}")
    now, hours = timezone.now(), hours_on(day, get_clinic())
    may_answer = request.user.has_perm(CHANGE)
    columns = columns_of(appointments, day, hours, now, sees_names, may_answer)
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


def week_of(day: date) -> list[dict]:
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
        {"day": each, "booked": number, "is_open": hours_on(each, clinic) is not None}
        for each, number in zip(days, booked, strict=True)
    ]
