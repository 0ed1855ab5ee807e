"""One readable file with all that is stored about a person who asks for it.

Staff choose the requests, since two people may share a phone.
"""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kapsite.clinic.days import zone
from kapsite.clinic.facts import get_clinic
from kapsite.encryption.row_binding import CANNOT_BE_READ, replace_unreadable, unreadable_in
from kapsite.inquiries.desk.export.columns import COLUMNS, Column
from kapsite.inquiries.desk.inbox.bulk import versions
from kapsite.inquiries.desk.record.corrections import earlier_details
from kapsite.inquiries.desk.record.details import consent_version
from kapsite.inquiries.desk.record.timeline import timeline
from kapsite.inquiries.desk.same_person import MOST_OF_A_PERSON, all_of_person
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ActivityKind
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.text.cleaning import visible

from .find import find

EXPORT = ("inquiries.export_inquiries", "inquiries.show_message")
# What this person answered: the rule of the number may come from someone who shares the phone.
OWN_VOICEMAIL = Column("Voicemail", lambda row: row.get_voicemail_display(), ("voicemail",))


@require_POST
@permission_required(EXPORT, raise_exception=True)
def access_file(request, pk: int):
    inquiry = find(request.user, pk)
    chosen = versions(request.POST.getlist("row"), MOST_OF_A_PERSON) | {inquiry.pk: 0}
    keys = [each.pk for each in all_of_person(inquiry, request.user) if each.pk in chosen]
    rows = Inquiry.objects.filter(pk__in=keys).order_by("received_at", "pk")
    found = list(map(replace_unreadable, rows))
    with transaction.atomic():
        for each in found:
            log_access(request, Act.EXPORTED, each, count=1, details="access file")
            each.record(ActivityKind.EXPORTED, by=request.user, fields="access file")
    text = "\n".join(lines_of(found, timezone.now()))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    name = f"access-{inquiry.reference}.txt"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def lines_of(found: list[Inquiry], now: datetime) -> Iterator[str]:
    yield f"What {get_clinic().name} keeps about you"
    yield f"As of {moment(now)}"
    for inquiry in found:
        yield from ["", "", heading := f"Request {inquiry.reference_in_groups}", "=" * len(heading)]
        yield from answers(inquiry)
        if inquiry.corrected:
            yield from ["", "Before corrections"]
            for each in earlier_details(inquiry):
                yield f"{each.label}: {visible(each.value)} (until {moment(each.at)})"
        for booked in inquiry.appointments.all():
            yield f"Appointment: {moment(booked.starts_at)}, {booked.get_place_display().lower()}"
        yield from ["", "History"]
        for line in timeline(inquiry, most=None):
            yield f"{moment(line.at)}: {', '.join(line.what)}. {line.who}"
            yield from (f"    {each}" for each in visible(line.note).splitlines())


def answers(inquiry: Inquiry) -> Iterator[str]:
    """The columns of an export, as they are and not as a spreadsheet needs them."""
    lost = {field.name for field in unreadable_in(inquiry)}
    for column in (COLUMNS | {"voicemail": OWN_VOICEMAIL}).values():
        is_lost = lost.intersection(column.fields)
        value = CANNOT_BE_READ if is_lost else visible(str(column.value(inquiry)))
        if value:
            yield f"{column.label}: {value}"
    yield f"You agreed to: text of {consent_version(inquiry)}"


def moment(at: datetime) -> str:
    local = timezone.localtime(at, zone())
    return f"{local:%b %-d, %Y, %-I:%M %p}"
