"""A person takes a request back.

It is hidden from staff at once and deleted a day later; until then the person can undo it. Once
staff have reached the person, or closed the request, what was done is part of the clinic's work:
then a lead decides about the deletion. Leads also see a withdrawn request with a safety concern,
get mail about it (see lead_mail), and have the next open day until it is deleted.
"""

from datetime import datetime

from django.db import transaction

from kapsite.inquiries.models import Inquiry, Notice
from kapsite.inquiries.models.choices import ActivityKind, Status
from kapsite.inquiries.models.outbox import NoticeKind, NoticeState, notices_for

BEFORE_CONTACT = {Status.NEW, Status.TRYING, Status.WAITING, Status.SPAM, Status.FLOOD}
CHANGED = ("status", "withdrawn_at", "withdrawn_from", "due_at", "overdue_notified_at", "version")


def withdraw(key: int, now: datetime) -> Inquiry:
    """Do it unless it is done; the request as it is then."""
    with transaction.atomic():
        inquiry = Inquiry.objects.select_for_update().get(pk=key)
        if inquiry.withdrawn_at:
            return inquiry
        inquiry.withdrawn_at = now
        waiting = inquiry.notices.filter(state=NoticeState.WAITING)
        waiting.filter(kind=NoticeKind.ACKNOWLEDGEMENT).delete()
        if inquiry.status in BEFORE_CONTACT and not inquiry.first_contact_at:
            inquiry.withdrawn_from, inquiry.status = inquiry.status, Status.WITHDRAWN
            if not inquiry.safety_concern:
                waiting.delete()
        return save(inquiry, ActivityKind.WITHDRAWN)


def undo(key: int) -> Inquiry:
    """Take the withdrawal back, if there is one; the request as it is then."""
    with transaction.atomic():
        inquiry = Inquiry.objects.select_for_update().get(pk=key)
        if not inquiry.withdrawn_at:
            return inquiry
        inquiry.withdrawn_at = None
        if inquiry.status == Status.WITHDRAWN:
            inquiry.status, inquiry.withdrawn_from = inquiry.withdrawn_from, ""
            known = inquiry.notices.values_list("kind", flat=True)
            if NoticeKind.STAFF not in known:  # staff were not told before it was withdrawn
                wanted = [each for each in notices_for(inquiry) if each.kind == NoticeKind.STAFF]
                Notice.objects.bulk_create(wanted)
        return save(inquiry, ActivityKind.RETURNED)


def save(inquiry: Inquiry, kind: ActivityKind) -> Inquiry:
    """With a higher version: a step that staff have begun on the old one is a conflict."""
    inquiry.version += 1
    inquiry.due_at, inquiry.overdue_notified_at = inquiry.next_due(), None
    inquiry.save(update_fields=CHANGED)
    inquiry.record(kind)
    return inquiry
