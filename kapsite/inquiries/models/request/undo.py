"""What a step changed, kept for a short time so that staff can undo it.

For ten minutes the person who took the step can restore the values, unless the request was changed
since. Notes, mail and deletions can't be undone.
"""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone

from kapsite.encryption.fields import EncryptedTextField
from kapsite.encryption.row_binding import RowBound, RowBoundQuerySet, replace_unreadable
from kapsite.inquiries.models.choices import ActivityKind

from .inquiry import Inquiry

WINDOW = timedelta(minutes=10)
KEPT = timedelta(days=1)  # then a row is deleted
# All that a step may change on a request.
COLUMNS = (
    "status",
    "outcome",
    "assigned_to",
    "next_action_on",
    "next_action_time",
    "safety_concern",
    "safety_concern_reason",
    "same_person_as",
    "duplicate_of",
    "reply_by",
    "closed_at",
    "attempts",
    "wrong_number",
    "first_contact_at",
    "due_at",
    "overdue_notified_at",
)

# Sent with ``undo`` and ``inquiry`` in the transaction of an undo, before the request is saved:
# for rows of other tables that were made with the step.
undone = Signal()


def values_of(inquiry: Inquiry) -> dict[str, Any]:
    """By the attribute of each of COLUMNS: of a person or a request its key."""
    replace_unreadable(inquiry)
    fields = [field for field in Inquiry._meta.concrete_fields if field.name in COLUMNS]
    return {field.attname: getattr(inquiry, field.attname) for field in fields}


class UndoQuerySet(RowBoundQuerySet["Undo"]):
    def keep(self, inquiry: Inquiry, before: dict[str, Any], **fields) -> "Undo":
        """Keep what differs from ``before``, which is values_of(inquiry) from before the step.

        Call it in the transaction of the step, when ``inquiry`` has its new version.
        """
        now = values_of(inquiry)
        changed = {name: value for name, value in before.items() if value != now[name]}
        text = json.dumps(changed, default=lambda moment: moment.isoformat())
        return self.create(inquiry=inquiry, version=inquiry.version, before=text, **fields)

    def within_reach(self, user, now: datetime) -> "UndoQuerySet":
        """What ``user`` can still undo as far as time tells, the newest first."""
        return self.filter(by=user, at__gt=now - WINDOW).order_by("-at", "-pk")

    def forget_old(self, now: datetime) -> int:
        return self.filter(at__lt=now - KEPT).delete()[0]


class Undo(RowBound):
    """One request as it was before a step. Those of a bulk step have the same ``batch``."""

    bound_columns = ("inquiry_id",)

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="undos")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        db_index=False,  # see undo_newest
    )
    at = models.DateTimeField(default=timezone.now)  # as in the history of the request
    batch = models.UUIDField(default=uuid.uuid4)
    step = models.CharField(max_length=30)
    label = models.CharField(max_length=120)  # what was done, in words without a name
    version = models.PositiveIntegerField()  # of the request after the step
    before = EncryptedTextField()  # JSON: the changed columns with their earlier values

    objects = UndoQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["by", "-at"], name="undo_newest")]

    def __str__(self):
        return f"Undo {self.pk}"

    def apply(self) -> bool:
        """Put the values back, and say so in the history. False if others changed the request."""
        with transaction.atomic():
            inquiry = Inquiry.objects.select_for_update().filter(pk=self.inquiry_id).first()
            mine = Undo.objects.select_for_update().filter(pk=self.pk)
            if not inquiry or not mine.exists() or self.is_outdated(inquiry):
                return False
            replace_unreadable(inquiry)
            before = json.loads(self.before)
            if merged_into := before.get("duplicate_of_id"):  # it may have been deleted since
                same = Inquiry.objects.filter(pk=merged_into)
                before["duplicate_of_id"] = same.values_list("pk", flat=True).first()
            for field in Inquiry._meta.concrete_fields:
                if field.attname in before:
                    setattr(inquiry, field.attname, field.to_python(before[field.attname]))
            inquiry.version += 1
            undone.send(Undo, undo=self, inquiry=inquiry)
            inquiry.save(update_fields=["version", *before])
            names = [name.removesuffix("_id") for name in before]
            fields = ",".join([self.at.isoformat(), *names])
            inquiry.record(ActivityKind.UNDONE, by=self.by, fields=fields[:200])
            self.delete()
            return True

    def is_outdated(self, inquiry: Inquiry) -> bool:
        """Whether more than notes were added since: each change counts the version up by one."""
        alone = {"kind": ActivityKind.NOTED, "fields": ""}  # a hand-over has a note too
        notes = inquiry.activities.filter(**alone, at__gt=self.at)
        return inquiry.version != self.version + notes.count()
