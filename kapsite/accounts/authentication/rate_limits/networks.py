"""Tells networks apart without storing their addresses.

A digest is keyed with SECRET_KEY and the week, so it can't be reversed without that key, and the
same network gets a new digest every week.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kapsite.security.wsgi import networks

WEEKS = 4  # for which a network is remembered


def network_of(request: HttpRequest) -> str:
    """The network a request comes from, as text; "" when it is not known."""
    return networks.network_of(request.META.get("REMOTE_ADDR", ""))


def digest(network: str, now: datetime | None = None) -> str:
    year, week, _ = (now or timezone.now()).isocalendar()
    key = salted_hmac(
        "kapsite.accounts.authentication.networks", f"{year}-{week} {network}", algorithm="sha256"
    )
    return key.hexdigest()[:16]


def digests(network: str) -> list[str]:
    """The digests of the last weeks, this one included."""
    now = timezone.now()
    return [digest(network, now - timedelta(weeks=weeks)) for weeks in range(WEEKS)]


def stand_in(request: HttpRequest) -> str:
    """A made-up address that identifies the network, since the library needs an address.

    The first 64 bits identify it, since rate limits ignore the rest of an IPv6 address.
    """
    return str(IPv6Address(int("fd" + digest(network_of(request))[:14] + "0" * 16, 16)))
