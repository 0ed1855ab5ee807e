"""The access log: who saw or changed which request, and when. Append-only.

The database itself refuses to change or delete a row. Rows hold a reference, names of fields and
kinds of searches, never what a person typed; they stay when an inquiry is erased, since its
reference then leads to nobody.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from kapsite.database.append_only import AppendOnlyModel
from kapsite.encryption.fields import EncryptedTextField
from kapsite.encryption.row_binding import RowBound
from kapsite.inquiries.models.constraints import one_of


class Act(models.TextChoices):
    LISTED = "listed", "Viewed list"
    SEARCHED = "searched", "Searched"
    OPENED = "opened", "Opened"
    MESSAGE = "message", "Viewed message"
    PRINTED = "printed", "Printed"
    EXPORTED = "exported", "Exported"
    CHANGED = "changed", "Changed"
    ERASED = "erased", "Deleted"
    REFUSED = "refused", "Access denied"
    OVERVIEW = "overview", "Viewed overview"
    REPORT = "report", "Viewed access log"


class Access(RowBound, AppendOnlyModel):
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act)
    reference = models.CharField(max_length=8, blank=True)  # of the inquiry, if it is about one
    count = models.PositiveIntegerField(null=True, blank=True)  # rows shown or exported
    details = models.CharField(max_length=200, blank=True)  # names of fields, filters, steps
    reason = EncryptedTextField(blank=True)  # written for an export

    class Meta:
        verbose_name_plural = "access record"
        default_permissions = ("view",)
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["reference", "-at"], name="access_of_inquiry"),
            models.Index(fields=["by", "-at"], name="access_by_person"),
            models.Index(fields=["-at"], name="access_newest"),
        ]
        constraints = [one_of(Act, "act", "access_act_is_known")]

    def __str__(self):
        return f"{self.get_act_display()}, {self.at:%Y-%m-%d %H:%M}"


def log_access(
    request, act: Act, inquiry=None, *, count: int | None = None, details="", reason=""
) -> Access:
    """Add an entry. Call it before the page is made: if it fails, nothing may be shown."""
    return Access.objects.create(
        by=request.user,
        act=act,
        reference=inquiry.reference if inquiry else "",
        count=count,
        details=details[:200],
        reason=reason,
    )
