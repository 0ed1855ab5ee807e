"""The undo bar: what the person did last, and one button that takes it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.models import Inquiry, Undo
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.inquiries.models.request.appointment import TimeTaken, wait_for_other_bookings
from kapsite.inquiries.models.request.undo import WINDOW

from .addresses import address, address_of_day, address_of_list
from .permissions import CHANGE

TOO_LATE = "Not undone: more than ten minutes have passed."
NOTHING_LEFT = "There’s nothing to undo. It may be undone already."
ONE_CHANGED = "Not undone: someone has changed this request since."
TIME_TAKEN = "Not undone: the time of this appointment is taken now. Schedule another time."
OTHERS_CHANGED = "Someone has changed the others since."
TIMES_TAKEN = "The times of some appointments are taken now."
OF_INQUIRY = ("inquiry__row_id", "inquiry__reference", "inquiry__name", "inquiry__version")
SHOWN = ("at", "batch", "step", "label", "version", *OF_INQUIRY)


@dataclass(frozen=True)
class UndoBar:
    batch: UUID
    step: str
    label: str
    until: datetime
    inquiry: Inquiry | None  # None: it was done with several at once


def undo_bar(user, now: datetime) -> UndoBar | None:
    """What ``user`` did last, while it can be undone: not once the request was changed since."""
    found = Undo.objects.within_reach(user, now).select_related("inquiry").only(*SHOWN)
    newest = list(found[:2])
    if not newest:
        return None
    last = newest[0]
    is_bulk = last is not newest[-1] and last.batch == newest[-1].batch
    inquiry = None if is_bulk else replace_unreadable(last.inquiry)
    if inquiry and inquiry.version != last.version and last.is_outdated(inquiry):
        return None
    return UndoBar(last.batch, last.step, last.label, last.at + WINDOW, inquiry)


@require_POST
@permission_required(CHANGE, raise_exception=True)
def undo_view(request, batch: UUID):
    """Undo one's own step, or all of one's own bulk step, as far as nobody changed it since."""
    rows = list(Undo.objects.filter(batch=batch, by=request.user).select_related("inquiry"))
    in_time = [row for row in rows if row.at > timezone.now() - WINDOW]
    problems = [undo_one(request, row) for row in in_time]
    done = problems.count("")
    level = messages.SUCCESS if done and done == len(rows) else messages.WARNING
    messages.add_message(request, level, outcome(len(rows), problems))
    if day := address_of_day(request):
        return redirect(day)
    if len(rows) == 1 and "from_list" not in request.POST:
        return redirect(address(request, "change", rows[0].inquiry_id))
    return redirect(address_of_list(request))


def undo_one(request, row: Undo) -> str:
    """Why it was not done, in words for staff; empty if it was."""
    log_access(request, Act.CHANGED, row.inquiry, details=f"undo {row.step.replace('_', ' ')}")
    try:
        with transaction.atomic():
            wait_for_other_bookings()
            return "" if row.apply() else ONE_CHANGED
    except TimeTaken:
        return TIME_TAKEN


def outcome(rows: int, problems: list[str]) -> str:
    """Of ``rows`` steps, those with ``problems`` or none ("") were in time."""
    done = problems.count("")
    if not rows:
        return NOTHING_LEFT
    if not problems:
        return TOO_LATE
    if rows == 1:
        return problems[0] or "Undone. The request is as it was."
    if done == rows:
        return f"Undone. The {rows} requests are as they were."
    return f"{done} of {rows} undone. {TIMES_TAKEN if TIME_TAKEN in problems else OTHERS_CHANGED}"
