"""One-time links with which people choose a password, so that nobody ever mails one."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from kapsite.accounts import audit_log
from kapsite.accounts.models import Event, EventKind
from kapsite.text.numbers import number_in

from . import sessions

LIFETIME = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


class SetupTokens(PasswordResetTokenGenerator):
    """Django's tokens, except that a new email or a sign-in doesn't invalidate one.

    A token is valid until the password changes, even from one unusable password to another.
    """

    key_salt = "kapsite.accounts.setup_links"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.pk} {user.password} {timestamp}"


tokens = SetupTokens()


@transaction.atomic
def reset_account(user: User, by: User | None = None) -> str:
    """Remove password and second factors, sign ``user`` out, and return the one valid link.

    The key is in the query: the access log leaves that out.
    """
    user.set_unusable_password()  # a random one, so it ends the link before
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    sessions.end_sessions(user)
    audit_log.record(EventKind.LINK_MADE, user, by=by)
    query = urlencode({"key": f"{user.pk}-{tokens.make_token(user)}"})
    return f"{settings.SITE_URL}{reverse('accounts:set_up')}?{query}"


def find_user(key: str) -> User | None:
    """Whose link has this key, if it is still valid."""
    user_key, _, token = key.partition("-")
    user = User.objects.filter(pk=number_in(user_key), is_active=True).first()
    return user if tokens.check_token(user, token) else None


def use(user: User, password: str) -> bool:
    """Set the password of ``find_user``; False if another request was faster: a link works once."""
    unchanged = User.objects.filter(pk=user.pk, password=user.password)
    user.set_password(password)
    return bool(unchanged.update(password=user.password))


def expires_at(user: User) -> datetime | None:
    """When the link that ``user`` has not used yet expires; None if there is none."""
    made = Event.objects.filter(user=user, kind=EventKind.LINK_MADE).first()
    if user.has_usable_password() or made is None or made.at + LIFETIME < timezone.now():
        return None
    return made.at + LIFETIME
