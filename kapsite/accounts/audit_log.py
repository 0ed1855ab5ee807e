"""The log of sign-ins and account changes."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import F, Q
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from kapsite.accounts.authentication.rate_limits import networks
from kapsite.accounts.authentication.session_store import SessionStore

from .models import FAILURES, Event, EventKind, How

NETWORK_DAYS = 28  # as long as networks.digests looks back
DETAILS = ("first_name", "last_name", "email")  # of a person; what their account may do is apart
UNKNOWN_USER_DAYS = 90  # failures with unknown usernames, and attempts while one was locked
GROUPING = timedelta(hours=1)  # failures of one kind within it share one row


def record(
    kind: EventKind,
    user: User | None = None,
    *,
    request: HttpRequest | None = None,
    by: User | None = None,
    how: str = "",
    details: str = "",
) -> None:
    if kind in FAILURES and count_repeat(kind, user, how):
        return
    network = networks.digest(networks.network_of(request)) if request else ""
    Event.objects.create(
        kind=kind, user=user, by=by, how=how, details=details[:200], network=network
    )


def record_details(form: ModelForm, by: User | None = None) -> None:
    """Which fields about the person were changed with ``form``; never their values."""
    if changed := [str(form[name].label) for name in DETAILS if name in form.changed_data]:
        record(EventKind.DETAILS_CHANGED, form.instance, by=by, details=", ".join(changed))


def count_repeat(kind: EventKind, user: User | None, how: str) -> bool:
    """Count a failure of the same kind within the hour once more; False if there is none."""
    now = timezone.now()
    alike = Event.objects.filter(kind=kind, user=user, how=how, at__gt=now - GROUPING)
    if first := alike.first():
        Event.objects.filter(pk=first.pk).update(count=F("count") + 1, last_at=now)
    return first is not None


def is_familiar(user: User | None, request: HttpRequest) -> bool:
    """Whether ``user`` recently signed in from the network of this request."""
    known = networks.digests(networks.network_of(request))
    signed_in = Event.objects.filter(user=user, kind=EventKind.SIGNED_IN, network__in=known)
    return signed_in.exclude(how=How.PASSWORD).exists()  # a password alone opens nothing


def delete_old() -> None:
    SessionStore.clear_expired()
    now = timezone.now()
    old = Event.objects.filter(at__lt=now - timedelta(days=NETWORK_DAYS))
    old.exclude(network="").update(network="")
    unwanted = Q(user=None) | Q(kind=EventKind.LOCKED)
    Event.objects.filter(unwanted, at__lt=now - timedelta(days=UNKNOWN_USER_DAYS)).delete()
