"""Requests of one person become one: the others are closed as duplicates of it.

Nothing is moved: each keeps its message, its consent and its history. Reopening one takes it out
again. Both must be open, so two requests are never duplicates of each other.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils import timezone

from kapsite.clinic.days import zone
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import OPEN, ActivityKind, Outcome, Status
from kapsite.inquiries.models.request.deadlines import next_due, raise_concern

from .base import Step


class CloseAsDuplicate(Step):
    name, label, done = "merge", "Merge", "Requests merged."
    states = tuple(status for status in OPEN if status != Status.SCHEDULED)
    kind = ActivityKind.LINKED
    into: Inquiry

    def change(self, inquiry):
        self.close(inquiry, Outcome.DUPLICATE)
        inquiry.duplicate_of = self.into

    def note_for_history(self):
        return f"Duplicate of {self.into.reference_in_groups}"


class TakeOver(Step):
    """The most urgent of what was agreed for the others holds for the one that stays open."""

    name, label, done = "merge", "Merge", "Requests merged."
    states = OPEN
    kind = ActivityKind.LINKED
    others: ClassVar[list[Inquiry]] = []

    def change(self, inquiry):
        flagged = [each for each in self.others if each.safety_concern]
        if flagged and not inquiry.safety_concern:
            raise_concern(inquiry, flagged[0].safety_concern_reason)
        if not inquiry.assigned_to:
            owners = [each.assigned_to for each in [*flagged, *self.others] if each.assigned_to]
            inquiry.assigned_to = next(iter(owners), None)
        earliest = min((each.due_at for each in self.others if each.due_at), default=None)
        now = next_due(inquiry)
        if earliest and (now is None or earliest < now):
            move_up(inquiry, earliest)

    def note_for_history(self):
        references = ", ".join(each.reference_in_groups for each in self.others)
        return f"Merged into this request: {references}"


def move_up(inquiry: Inquiry, moment: datetime) -> None:
    """Let staff act by ``moment``; an appointment stays when it is."""
    if inquiry.status == Status.NEW:
        inquiry.reply_by = moment
    elif inquiry.status != Status.SCHEDULED:
        local = timezone.localtime(moment, zone())
        inquiry.next_action_on, inquiry.next_action_time = local.date(), local.time()


def merge(into: Inquiry, others: Iterable[Inquiry], versions: dict[int, int], user) -> uuid.UUID:
    """All of it or nothing, undone together. Raises Conflict and NotPossible."""
    batch, taken = uuid.uuid4(), list(others)
    stays = TakeOver(into, user)
    stays.others = taken  # type: ignore[misc]
    with transaction.atomic():
        lock([into, *taken])
        stays.apply(versions.get(into.pk, -1), batch)
        for other in taken:
            step = CloseAsDuplicate(other, user)
            step.into = into
            step.apply(versions[other.pk], batch)
    return batch


def lock(inquiries: Iterable[Inquiry]) -> None:
    """In one order, so that two merges of the same requests don't wait for each other."""
    rows = Inquiry.objects.filter(pk__in=[each.pk for each in inquiries]).order_by("pk")
    list(rows.select_for_update().values_list("pk"))
