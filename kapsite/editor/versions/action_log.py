"""The log of content actions: who wrote, published or signed off what, and when. Append-only.

The database itself refuses to change or delete a row.
"""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from kapsite.database.append_only import AppendOnlyModel


class Act(models.TextChoices):
    DRAFTED = "drafted", "Saved a draft"
    DISCARDED = "discarded", "Discarded a draft"
    ASKED = "asked", "Sent to be published"
    CANCELED = "canceled", "Canceled publishing"
    PUBLISHED = "published", "Published"
    FAILED = "failed", "Could not be published"
    UNDONE = "undone", "Showed readers the set before"
    OUTSIDE = "outside", "Changed files outside the browser"
    SIGNED_OFF = "signed_off", "Signed off"
    UPLOADED = "uploaded", "Uploaded an image"
    EXPORTED = "exported", "Exported everything"
    IMPORTED = "imported", "Imported an archive"


class ContentAction(AppendOnlyModel):
    at = models.DateTimeField(default=timezone.now)
    act = models.CharField(max_length=10, choices=Act)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=100, blank=True)  # of the system user, at a terminal
    details = models.CharField(max_length=300, blank=True)  # names of files, and the reason

    class Meta:
        default_permissions = ()
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["-at"], name="content_action_at")]

    def __str__(self) -> str:
        return f"{self.get_act_display()}, {self.at:%Y-%m-%d %H:%M}"


def log_action(act: Act, by: User | None = None, details: str = "", by_name: str = "") -> None:
    shown = details if len(details) <= 300 else details[:299] + "…"
    ContentAction.objects.create(act=act, by=by, by_name=by_name[:100], details=shown)
