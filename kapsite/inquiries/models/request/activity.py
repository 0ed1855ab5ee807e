"""The history of a request: what was done about it. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from kapsite.database.append_only import AppendOnlyModel
from kapsite.encryption.fields import EncryptedTextField
from kapsite.encryption.row_binding import RowBound
from kapsite.inquiries.models.bulk_insert import Sql, Statement, new_row, statement_of_values
from kapsite.inquiries.models.choices import SYSTEM_ACTIVITIES, ActivityKind, Attempt, Status
from kapsite.inquiries.models.constraints import one_of


class Activity(RowBound, AppendOnlyModel):
    """What happened to an inquiry, who did it and when. Names of fields, never their values."""

    bound_columns = ("inquiry_id",)

    inquiry = models.ForeignKey(
        "inquiries.Inquiry", models.PROTECT, related_name="activities", db_index=False
    )  # its index is activity_of_inquiry
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # its index is activity_by
    )  # nobody: the site itself
    kind = models.CharField(max_length=10, choices=ActivityKind)
    to_status = models.CharField("to", max_length=10, choices=Status, blank=True)
    attempt = models.CharField(max_length=10, choices=Attempt, blank=True)
    # Names, comma-separated; of an undo first the time of the step that it took back.
    fields = models.CharField(max_length=200, blank=True)
    note = EncryptedTextField(blank=True)

    class Meta:
        verbose_name_plural = "activities"
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["inquiry", "-at"], name="activity_of_inquiry"),
            models.Index(fields=["by"], condition=Q(by__isnull=False), name="activity_by"),
        ]
        constraints = [
            one_of(ActivityKind, "kind", "activity_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="moved") ^ Q(to_status=""),
                name="activity_says_where_it_moved",
            ),
            one_of(Attempt, "attempt", "activity_attempt_is_known", or_empty=True),
            models.CheckConstraint(
                condition=Q(kind="called") ^ Q(attempt=""),
                name="activity_says_how_it_went",
            ),
            models.CheckConstraint(
                condition=~Q(kind="noted") | ~Q(note=""), name="activity_note_has_text"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(SYSTEM_ACTIVITIES)) | Q(by__isnull=False),
                name="activity_of_staff_names_them",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.inquiry}"


def first_activities(inquiry, key: int | Sql) -> Statement:
    """The INSERT of what happened to ``inquiry`` so far, when its key is or will be ``key``."""
    received = {"kind": ActivityKind.RECEIVED.value, "by_id": inquiry.entered_by_id}
    rows = [new_row(Activity, inquiry_id=key, **received)]
    if inquiry.status != Status.NEW:
        moved = {"kind": ActivityKind.MOVED.value, "to_status": str(inquiry.status)}
        rows.append(new_row(Activity, inquiry_id=key, **moved))
    return statement_of_values(Activity, rows)
