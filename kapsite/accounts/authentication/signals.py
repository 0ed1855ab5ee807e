"""Logs what django-allauth reports, and ends other sessions after a change of credentials."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.models import User
from django.dispatch import receiver
from django.http import HttpRequest

from kapsite.accounts import audit_log
from kapsite.accounts.models import EventKind, How

from . import sessions


@receiver(user_logged_in)
def begin_session(request: HttpRequest, user: User, **_: Any) -> None:
    proofs = [
        proof for proof in get_authentication_records(request, user) if proof["method"] == "mfa"
    ]
    request.session.update(sessions.fresh(factor=bool(proofs)))
    how = proofs[-1]["type"] if proofs else How.PASSWORD
    audit_log.record(EventKind.SIGNED_IN, user, request=request, how=how)
    audit_log.delete_old()


@receiver(authentication_failed)
def record_wrong_code(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    audit_log.record(EventKind.REFUSED, user, request=request, how=authenticator.type)


@receiver(password_changed)
def after_new_password(request: HttpRequest, user: User, **_: Any) -> None:
    changed(EventKind.PASSWORD_CHANGED, request, user)


@receiver(authenticator_added)
def after_new_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        changed(EventKind.CODES_MADE, request, user)
    else:
        if not sessions.has_factor(request):
            sessions.add_factor(request.session)
        changed(EventKind.FACTOR_ADDED, request, user, authenticator.type)


@receiver(authenticator_removed)
def after_removed_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        changed(EventKind.FACTOR_REMOVED, request, user, authenticator.type)


@receiver(authenticator_reset)
def after_new_codes(request: HttpRequest, user: User, **_: Any) -> None:
    changed(EventKind.CODES_MADE, request, user)


def changed(kind: EventKind, request: HttpRequest, user: User, how: str = "") -> None:
    audit_log.record(kind, user, request=request, how=how)
    sessions.end_sessions(user, but=request.session.session_key)
