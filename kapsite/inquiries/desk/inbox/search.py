"""Finds inquiries for staff, by what they would ask a caller for.

What they look for is personal data too. The address of a page of results holds it sealed, since
addresses are kept in browsers and written into logs; it opens for the same person only.
"""

import re
from collections.abc import Iterator

from django.db.models import QuerySet

from kapsite.encryption.keyring import Unreadable, keyring
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.inquiry import REFERENCE_DIGITS, REFERENCE_LETTERS
from kapsite.inquiries.models.search_digest import DigestKind, SearchDigest
from kapsite.text.cleaning import clean_line
from kapsite.text.normalization import email_address, last_four, name_words
from kapsite.text.phone_numbers import base_of, phone_numbers

PLACE = "the address of a search by {}"
LONGEST = 200  # characters; the search field takes no more
MOST_WORDS = 10  # of a name; each is a condition for the database
REFERENCE = re.compile(f"([{REFERENCE_LETTERS}][{REFERENCE_DIGITS}]){{4}}")


def search(term: str) -> QuerySet[Inquiry]:
    """By reference, words of the name, whole e-mail address, phone number or its last four digits.

    Whole words only, and of several words each must be found: digests know no parts.
    """
    return Inquiry.objects.filter(pk__in=keys_of(term))


def keys_of(term: str) -> QuerySet:
    first, *others = ways(term)
    # A union, because with "or" PostgreSQL would read the whole table.
    return first.union(*others) if others else first


def ways(term: str) -> Iterator[QuerySet]:
    if code := reference_in(term):
        yield Inquiry.objects.filter(reference=code).order_by().values("pk")
    yield from by_digest(term)


def kinds_of(term: str) -> list[str]:
    """What a search could find, for the access record: "phone", "name"; never the term."""
    if reference_in(term):
        return ["reference"]
    if "@" in term:
        return ["email"]
    if phone_numbers(term):
        return ["phone"]
    return ["last four"] if last_four(term) else ["name"]


def reference_in(term: str) -> str:
    """The reference that ``term`` could be; mostly ""."""
    code = re.sub(r"[\s-]", "", term).upper()
    return code if REFERENCE.fullmatch(code) else ""


def by_digest(term: str) -> Iterator[QuerySet]:
    having = SearchDigest.objects.having
    if "@" in term:
        yield having(DigestKind.EMAIL, email_address(term)).values("inquiry")
        return
    numbers = phone_numbers(term)
    for number in numbers:
        yield having(DigestKind.PHONE, base_of(number)).values("inquiry")
    if not numbers and (digits := last_four(term)):
        yield having(DigestKind.LAST_FOUR, digits).values("inquiry")
    first, *others = list(dict.fromkeys(name_words(term)))[:MOST_WORDS]
    whole_name = having(DigestKind.NAME, first)
    for word in others:
        whole_name = whole_name.filter(inquiry__in=having(DigestKind.NAME, word).values("inquiry"))
    yield whole_name.values("inquiry")


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
