"""Sessions, what limits count, and the log of sign-ins and of changes to accounts."""

from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from kapsite.accounts.authentication.session_store import SessionStore, unseal


class StaffSession(AbstractBaseSession):
    """A browser session; ``user`` is set at sign-in.

    Its key is a digest of the one in the cookie, and its data is encrypted.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore

    def get_decoded(self) -> dict[str, Any]:
        return unseal(self.session_data, self.session_key)


class CacheEntry(models.Model):
    """Counters of rate limits, as JSON. Can be deleted at any time."""

    key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


class EventKind(models.TextChoices):
    SIGNED_IN = "signed_in", "Signed in"
    REFUSED = "refused", "Sign-in failed"
    LOCKED = "locked", "Too many attempts"
    SIGNED_OUT = "signed_out", "Signed out"
    TIMED_OUT = "timed_out", "Session expired"
    SESSIONS_ENDED = "sessions_ended", "Other sessions signed out"
    PASSWORD_SET = "password_set", "Password set"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    FACTOR_ADDED = "factor_added", "Second step added"
    FACTOR_REMOVED = "factor_removed", "Second step removed"
    CODES_MADE = "codes_made", "Recovery codes created"
    ACCOUNT_MADE = "account_made", "Account created"
    LINK_MADE = "link_made", "Setup link created"
    DETAILS_CHANGED = "details_changed", "Name or email changed"
    ROLES_CHANGED = "roles_changed", "Roles changed"
    SWITCHED_OFF = "switched_off", "Account switched off"
    SWITCHED_ON = "switched_on", "Account switched on"


FAILURES = (EventKind.REFUSED, EventKind.LOCKED)  # anyone can cause them, as often as they like


class How(models.TextChoices):
    PASSWORD = "password", "Password"
    TOTP = "totp", "Code from an app"
    RECOVERY_CODES = "recovery_codes", "Recovery code"
    WEBAUTHN = "webauthn", "Passkey"


class Event(models.Model):
    """Something that happened to an account. ``user`` is empty for unknown usernames; the username
    isn't kept, since people type passwords into that field by mistake.

    Failures of one kind within an hour share a row; ``at`` is the first of them.
    """

    at = models.DateTimeField(default=timezone.now)
    count = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField(null=True)  # of several
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="account_events"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=EventKind)
    how = models.CharField(max_length=14, choices=How, blank=True)
    details = models.CharField(max_length=200, blank=True)  # names of roles or fields, never values
    network = models.CharField(max_length=16, blank=True)  # a keyed digest, taken out after a month

    class Meta:
        ordering = ("-at", "-pk")
        default_permissions = ("view",)
        verbose_name = "account event"
        indexes = [
            models.Index(fields=["user", "-at"], name="event_of_user"),
            models.Index(fields=["-at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M}"
