"""A person takes a request back.

It is hidden from staff at once and deleted a day later; until then the person can undo it. Once
staff have reached the person, or closed the request, what was done is part of the clinic's work:
then a lead decides about the deletion. Leads also see a withdrawn request with a safety concern,
get mail about it (see lead_mail), and have the next open day until it is deleted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from kapsite.inquiries.models import Inquiry, Notice
from kapsite.inquiries.models.choices import ActivityKind, Status
from kapsite.inquiries.models.outbox import NoticeKind, NoticeState
from kapsite.inquiries.models.request.appointment import wait_for_other_bookings
from kapsite.inquiries.models.request.deadlines import next_due
from kapsite.inquiries.models.request.notices import notices_for

BEFORE_CONTACT = {Status.NEW, Status.TRYING, Status.WAITING, Status.SPAM, Status.FLOOD}
DOUBLE_BOOKED = "Another appointment is booked for the same time. Move one of them."
CHANGED = ("status", "withdrawn_at", "withdrawn_from", "due_at", "overdue_notified_at", "version")


def withdraw(key: int, now: datetime) -> Inquiry:
    """Do it unless it is done; the request as it is then."""
    with transaction.atomic():
        inquiry = Inquiry.objects.select_for_update().get(pk=key)
        if inquiry.withdrawn_at:
            return inquiry
        hide(inquiry, now)
        waiting = inquiry.notices.filter(state=NoticeState.WAITING)
        waiting.filter(kind=NoticeKind.ACKNOWLEDGEMENT).delete()
        if not inquiry.is_deletion_request and not inquiry.safety_concern:
            waiting.delete()
        inquiry.overdue_notified_at = None
        return save(inquiry, ActivityKind.WITHDRAWN)


def undo(key: int) -> Inquiry:
    """Take the withdrawal back, if there is one; the request as it is then."""
    with transaction.atomic():
        wait_for_other_bookings()
        inquiry = Inquiry.objects.select_for_update().get(pk=key)
        if not inquiry.withdrawn_at:
            return inquiry
        was_hidden = not inquiry.is_deletion_request
        show(inquiry)
        known = inquiry.notices.values_list("kind", flat=True)
        if was_hidden and NoticeKind.STAFF not in known:  # staff were not told before
            wanted = [each for each in notices_for(inquiry) if each.kind == NoticeKind.STAFF]
            Notice.objects.bulk_create(wanted)
        inquiry.overdue_notified_at = None
        booked = inquiry.appointment
        note = DOUBLE_BOOKED if booked and booked.is_double_booked else ""
        return save(inquiry, ActivityKind.RETURNED, note)


@contextmanager
def not_withdrawn_yet(inquiry: Inquiry) -> Iterator[None]:
    """For a step that staff took before they saw the withdrawal: as if the step had come first.

    ``inquiry`` is withdrawn, and locked in the transaction around it.
    """
    withdrawn_at, notified_at = inquiry.withdrawn_at, inquiry.overdue_notified_at
    show(inquiry)
    inquiry.save(update_fields=CHANGED)
    yield
    hide(inquiry, withdrawn_at)
    inquiry.overdue_notified_at = notified_at
    save(inquiry)


def hide(inquiry: Inquiry, now: datetime | None) -> None:
    inquiry.withdrawn_at = now
    if inquiry.status in BEFORE_CONTACT and not inquiry.first_contact_at:
        inquiry.withdrawn_from, inquiry.status = inquiry.status, Status.WITHDRAWN


def show(inquiry: Inquiry) -> None:
    inquiry.withdrawn_at = None
    if inquiry.status == Status.WITHDRAWN:
        inquiry.status, inquiry.withdrawn_from = inquiry.withdrawn_from, ""


def save(inquiry: Inquiry, kind: ActivityKind | None = None, note="") -> Inquiry:
    """With a higher version: a step that staff have begun on the old one is a conflict."""
    inquiry.version += 1
    inquiry.due_at = next_due(inquiry)
    inquiry.save(update_fields=CHANGED)
    if kind:
        inquiry.record(kind, note=note)
    return inquiry
