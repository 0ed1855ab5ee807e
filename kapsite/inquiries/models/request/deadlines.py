"""When staff must act next on a request."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from kapsite.clinic.days import zone
from kapsite.clinic.deadlines import end_of, reply_due, soon_after
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.models.choices import OPEN, Status

if TYPE_CHECKING:
    from .inquiry import Inquiry


def next_due(inquiry: "Inquiry") -> datetime | None:
    """When a person must act next, as far as the state tells; for ``due_at``.

    Never for a request to delete: nobody contacts the person, and a lead's tab lists it.
    """
    if not inquiry.may_be_contacted:
        return None
    if inquiry.status in {Status.NEW, Status.FLOOD}:
        return inquiry.reply_by
    if inquiry.status not in OPEN or not inquiry.next_action_on:
        return None
    if inquiry.next_action_time is None:
        return end_of(inquiry.next_action_on, get_clinic())
    at = datetime.combine(inquiry.next_action_on, inquiry.next_action_time, zone())
    if inquiry.status == Status.SCHEDULED:  # by the evening staff say whether they came
        return max(at, end_of(inquiry.next_action_on, get_clinic()))
    return at


def raise_concern(inquiry: "Inquiry", reason: str) -> None:
    """Also moves up the reply deadline, or the next attempt to reach the person."""
    inquiry.safety_concern, inquiry.safety_concern_reason = True, reason
    now = timezone.now()
    if inquiry.status in {Status.NEW, Status.FLOOD}:
        soon = reply_due(now, get_clinic(), safety_concern=True)
        inquiry.reply_by = min(filter(None, [inquiry.reply_by, soon]))
    elif inquiry.status == Status.TRYING:
        soon = soon_after(now, get_clinic())
        if not inquiry.due_at or soon < inquiry.due_at:
            inquiry.next_action_on, inquiry.next_action_time = soon.date(), soon.time()
