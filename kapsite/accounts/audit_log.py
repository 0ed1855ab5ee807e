"""Writes and reads the record of sign-ins and of changes to accounts."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import F, Q
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from kapsite.accounts.authentication.session_store import SessionStore

from .authentication import networks
from .models import FAILURES, Event, EventKind, How

NETWORK_DAYS = 28  # as long as networks.digests looks back
DETAILS = ("first_name", "last_name", "email")  # of a person; what their account may do is apart
UNKNOWN_USER_DAYS = 90  # failures under names that nobody has, and tries while a name was locked
TOGETHER = timedelta(hours=1)  # in which failures of one kind are one row, however many


def record(
    kind: EventKind,
    user: User | None = None,
    *,
    request: HttpRequest | None = None,
    by: User | None = None,
    how: str = "",
    details: str = "",
) -> None:
    if kind in FAILURES and count_one_more(kind, user, how):
        return
    network = networks.digest(networks.network_of(request)) if request else ""
    Event.objects.create(
        kind=kind, user=user, by=by, how=how, details=details[:200], network=network
    )


def record_details(form: ModelForm, by: User | None = None) -> None:
    """Which fields about the person were changed with ``form``; never their values."""
    if changed := [str(form[name].label) for name in DETAILS if name in form.changed_data]:
        record(EventKind.DETAILS_CHANGED, form.instance, by=by, details=", ".join(changed))


def count_one_more(kind: EventKind, user: User | None, how: str) -> bool:
    """Whether there was a failure of this kind within the hour; it then stands for this one too."""
    now = timezone.now()
    alike = Event.objects.filter(kind=kind, user=user, how=how, at__gt=now - TOGETHER)
    if first := alike.first():
        Event.objects.filter(pk=first.pk).update(count=F("count") + 1, last_at=now)
    return first is not None


def is_familiar(user: User | None, request: HttpRequest) -> bool:
    """Whether ``user`` has lately signed in from the network that this request comes from."""
    known = networks.digests(networks.network_of(request))
    signed_in = Event.objects.filter(user=user, kind=EventKind.SIGNED_IN, network__in=known)
    return signed_in.exclude(how=How.PASSWORD).exists()  # that alone opens nothing


def forget_old() -> None:
    SessionStore.clear_expired()
    now = timezone.now()
    old = Event.objects.filter(at__lt=now - timedelta(days=NETWORK_DAYS))
    old.exclude(network="").update(network="")
    unwanted = Q(user=None) | Q(kind=EventKind.LOCKED)
    Event.objects.filter(unwanted, at__lt=now - timedelta(days=UNKNOWN_USER_DAYS)).delete()
