"""Finds inquiries for staff, by what they would ask a caller for.

What they look for is personal data too. The address of a page of results holds it sealed, since
addresses are kept in browsers and written into logs; it opens for the same person only.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.db.models import ExpressionWrapper, F, QuerySet, TextField

from kapsite.encryption.keyring import Unreadable, keyring
from kapsite.encryption.row_binding import binding_of, names_bound
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.reference import references_in
from kapsite.inquiries.models.request.search_digest import DigestKind, SearchDigest
from kapsite.text.cleaning import clean_line
from kapsite.text.names import Beginning, spellings
from kapsite.text.normalization import email_address, last_four
from kapsite.text.phone_numbers import base_of, phone_numbers

PLACE = "the address of a search by {}"
LONGEST = 200  # characters; the search field takes no more
FEW = 1_000
MOST_NAMES = 500  # that are decrypted for one search
NAME: Any = Inquiry._meta.get_field("name")
KEYS = Inquiry.objects.order_by().values_list("pk")
NAME_AS_STORED = ExpressionWrapper(F("name"), TextField())


def search(term: str) -> QuerySet[Inquiry]:
    """By reference, name, whole email address, phone number or its last four digits.

    Names are found by whole words, since digests know no parts; those of the newest open requests
    by the beginnings of words too. Of several words each must be found.
    """
    return Inquiry.objects.filter(pk__in=keys_of(term))


def keys_of(term: str, whole_words=False) -> QuerySet | list[int]:
    """A list, if they are few: PostgreSQL, which has no samples of digests (see no_samples), would
    expect many of a query, and look for them among all requests.

    ``whole_words``: without names that only begin so, which takes longer than all else. Where many
    have the whole word, they are left out too.
    """
    first, *others = ways(term)
    # A union, because with "or" PostgreSQL would read the whole table.
    keys = first.union(*others) if others else first
    few = [key for (key,) in keys[: FEW + 1]]
    if len(few) > FEW:
        return keys
    return few if whole_words else [*{*few, *having_a_name_that_begins(term)}]


def ways(term: str) -> Iterator[QuerySet]:
    if references := references_in(term):
        yield KEYS.filter(reference__in=references)
    yield from by_digest(term)


def kinds_of(term: str) -> list[str]:
    """What a search could find, for the access log: "phone", "name"; never the term."""
    if references_in(term):
        return ["reference"]
    if "@" in term:
        return ["email"]
    if phone_numbers(term):
        return ["phone"]
    return ["last four"] if last_four(term) else ["name"]


def by_digest(term: str) -> Iterator[QuerySet]:
    having = SearchDigest.objects.having
    if "@" in term:
        yield having(DigestKind.EMAIL, email_address(term)).values_list("inquiry")
        return
    numbers = phone_numbers(term)
    for number in numbers:
        yield having(DigestKind.PHONE, base_of(number)).values_list("inquiry")
    if not numbers and (digits := last_four(term)):
        yield having(DigestKind.LAST_FOUR, digits).values_list("inquiry")
    for first, *others in spellings(term):
        name = having(DigestKind.NAME, first)
        for word in others:
            name = name.filter(inquiry__in=having(DigestKind.NAME, word).values_list("inquiry"))
        yield name.values_list("inquiry")


def having_a_name_that_begins(term: str) -> list[int]:
    """Keys of the newest open requests with a name whose words begin as those of ``term``."""
    beginning = Beginning(term)
    if kinds_of(term) != ["name"] or not beginning.is_enough:
        return []
    # Newest first, by what no index has: else SQLite walks through all that are closed.
    newest = Inquiry.objects.filter(closed_at__isnull=True).order_by(-F("pk")).values("pk")
    rows = Inquiry.objects.filter(pk__in=newest[:MOST_NAMES]).order_by()
    found, decrypt = [], keyring().decrypt
    # Without an instance for each, which would take four times as long.
    for row in rows.annotate(sealed=NAME_AS_STORED).values("pk", *names_bound(Inquiry), "sealed"):
        with suppress(Unreadable):  # nobody can find it by a name that does not open
            if beginning.fits(decrypt(row["sealed"], NAME.place, binding_of(Inquiry, row))):
                found.append(row["pk"])
    return found


def read_term(sent: str) -> str:
    return clean_line(sent[:LONGEST]).strip()


def seal(term: str, user) -> str:
    return keyring().encrypt(term, PLACE.format(user.pk))


def unseal(sealed: str, user) -> str:
    """What was looked for; "" for anything that we did not seal for ``user``."""
    try:
        return keyring().decrypt(sealed, PLACE.format(user.pk))
    except Unreadable:
        return ""
