"""One-time links with which people set their password, so that nobody ever mails one."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from . import audit_log
from .authentication import sessions
from .models import EventKind, SetUpLink

LIVES = timedelta(hours=48)


@transaction.atomic
def start_afresh(user, by=None) -> str:
    """Take password and second factors away, sign ``user`` out, and return a new link.

    The key is in the query: the access log leaves that out. Only its digest is stored.
    """
    key = secrets.token_urlsafe(32)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    sessions.end_sessions(user)
    values = {"digest": _digest(key), "expires_at": timezone.now() + LIVES}
    SetUpLink.objects.update_or_create(user=user, defaults=values)
    audit_log.record(EventKind.LINK_MADE, user, by=by)
    return f"{settings.SITE_URL}{reverse('accounts:set_up')}?{urlencode({'key': key})}"


def find(key: str) -> SetUpLink | None:
    """The link with this key, if it still waits to be used."""
    living = SetUpLink.objects.filter(expires_at__gt=timezone.now(), user__is_active=True)
    return living.select_related("user").filter(digest=_digest(key)).first()


@transaction.atomic
def use(link: SetUpLink, password: str) -> bool:
    """Set the password. False if somebody else was quicker: a link is good once."""
    used, _ = SetUpLink.objects.filter(pk=link.pk, digest=link.digest).delete()
    if used:
        link.user.set_password(password)
        link.user.save(update_fields=["password"])
    return bool(used)


def expires_at(user) -> datetime | None:
    link = SetUpLink.objects.filter(user=user, expires_at__gt=timezone.now()).first()
    return link.expires_at if link else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
