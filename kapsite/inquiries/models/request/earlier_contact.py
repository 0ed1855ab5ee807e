"""Contact details as they were before the person, or staff, corrected them.

Each row holds only what was corrected then. Staff still find the request by them; the person
can't look it up with them any more, since a number may be corrected so that nobody else does.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils import timezone

from kapsite.database.append_only import AppendOnlyModel
from kapsite.encryption.fields import EncryptedTextField
from kapsite.encryption.row_binding import RowBound
from kapsite.inquiries.models.choices import Voicemail

CORRECTED = ("name", "phone", "email", "voicemail")
MOST = 50  # corrections of one request that are read, the newest first


class EarlierContact(RowBound, AppendOnlyModel):
    bound_columns = ("inquiry_id",)

    inquiry = models.ForeignKey(
        "inquiries.Inquiry", models.PROTECT, related_name="earlier_contacts"
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # nobody: the person, online
    name = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    email = EncryptedTextField(blank=True)
    voicemail = models.CharField(max_length=10, choices=Voicemail, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ("-at", "-pk")

    def __str__(self):
        return f"Earlier contact {self.pk}"


def keep_earlier(inquiry, changed: Iterable[str], by=None) -> None:
    """Call it before ``changed`` fields get other values, in the same transaction."""
    earlier = {name: getattr(inquiry, name) for name in CORRECTED if name in changed}
    if any(earlier.values()):
        EarlierContact.objects.create(inquiry=inquiry, by=by, **earlier)


def earlier_contacts(inquiry) -> list[EarlierContact]:
    """As they are stored now; see Inquiry.corrected."""
    return list(inquiry.earlier_contacts.select_related("by")[:MOST])
