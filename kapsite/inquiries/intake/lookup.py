"""Finds a request by its reference and a phone number or email that was given with it.

Nothing tells a wrong reference from a wrong contact: both cost the same two queries (a match
costs a third), get the same answer, and count toward the same limits. Contacts are compared as
keyed digests. All limits are of one network, so that nobody keeps a person on another network from
looking up their own request.
"""

from datetime import datetime

from django.db import transaction

from kapsite.encryption.keyring import keyring
from kapsite.inquiries.models import Inquiry, SearchDigest
from kapsite.inquiries.models.counting.recent_sender import RecentSender
from kapsite.inquiries.models.reference import references_in
from kapsite.inquiries.models.request.search_digest import DigestKind
from kapsite.security.wsgi.networks import site_of
from kapsite.text.normalization import email_address
from kapsite.text.phone_numbers import base_of, phone_numbers

MOST_PER_REFERENCE = 10  # tries per hour, from one network
MOST_PER_NETWORK = 40  # tries per hour: a hospital or a library has one address
MOST_NUMBERS = 3  # that one entry can name


class TooManyTries(Exception):
    """From this network: for this reference, whether it exists or not, or in all."""


def find(reference: str, contact: str, network: str, now: datetime) -> Inquiry | None:
    """Raises TooManyTries."""
    code = next(iter(references_in(reference)), "")
    count_try(code, network, now)
    key = Inquiry.objects.filter(reference=code).values_list("pk", flat=True).first() or 0
    digests = SearchDigest.objects.filter(digest__in=digests_of(contact), inquiry_id=key)
    return Inquiry.objects.filter(pk=key).first() if digests.exists() else None


def count_try(code: str, network: str, now: datetime) -> None:
    """The network first: beyond its limit no try at a reference counts. IPv6 by its /48.

    Without a known network only those per reference count; see client_network().
    """
    place = site_of(network) or network
    if place:
        count_within(MOST_PER_NETWORK, f"status from {place}", now)
    if code:
        count_within(MOST_PER_REFERENCE, f"status of {code} from {place}", now)


def count_within(most: int, name: str, now: datetime) -> None:
    with transaction.atomic():
        [count] = RecentSender.objects.count_up([name], now)
    if count > most:
        raise TooManyTries


def digests_of(contact: str) -> list[str]:
    values = [(DigestKind.EMAIL, email_address(contact))]
    if "@" not in contact and (numbers := phone_numbers(contact)):
        values = [(DigestKind.PHONE, base_of(number)) for number in numbers[:MOST_NUMBERS]]
    return [each for kind, value in values for each in keyring().digests(f"{kind}:{value}")]
