"""Writes and reads the record of sign-ins and of changes to accounts."""

from datetime import timedelta

from django.utils import timezone

from . import networks
from .models import Event, How, Kind
from .session_store import SessionStore

NETWORK_DAYS = 28  # as long as networks.digests looks back
STRANGERS_DAYS = 90  # failures under names that nobody has; anybody can cause them


def record(kind: Kind, user=None, *, request=None, by=None, how: str = "", details="") -> Event:
    network = networks.digest(networks.network_of(request)) if request else ""
    return Event.objects.create(
        kind=kind, user=user, by=by, how=how, details=details[:200], network=network
    )


def is_familiar(user, request) -> bool:
    """Whether ``user`` has lately signed in from the network that this request comes from."""
    known = networks.digests(networks.network_of(request))
    signed_in = Event.objects.filter(user=user, kind=Kind.SIGNED_IN, network__in=known)
    return signed_in.exclude(how=How.PASSWORD).exists()  # that alone opens nothing


def forget_old() -> None:
    SessionStore.clear_expired()
    now = timezone.now()
    old = Event.objects.filter(at__lt=now - timedelta(days=NETWORK_DAYS))
    old.exclude(network="").update(network="")
    Event.objects.filter(user=None, at__lt=now - timedelta(days=STRANGERS_DAYS)).delete()
