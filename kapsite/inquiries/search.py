"""Finds inquiries for staff, by what they would ask a caller for."""

import re

from django.db.models import Q, QuerySet

from .digests import Kind, SearchDigest
from .models import Inquiry
from .normal import email_address, last_four, name_words, phone_numbers


def search(term: str) -> QuerySet[Inquiry]:
    """By reference, words of the name, whole e-mail address, phone number or its last four digits.

    Whole words only, and of several words each must be found: digests know no parts.
    """
    term = term.strip()
    if not term:
        return Inquiry.objects.none()
    found = Q(reference=re.sub(r"[\s-]", "", term).upper())
    if "@" in term:
        return Inquiry.objects.filter(found | having(Kind.EMAIL, email_address(term)))
    numbers = phone_numbers(term)
    for number in numbers:
        found |= having(Kind.PHONE, number)
    if not numbers and last_four(term):
        found |= having(Kind.LAST_FOUR, last_four(term))
    words = Q()
    for word in name_words(term):
        words &= having(Kind.NAME, word)
    return Inquiry.objects.filter(found | words)


def having(kind: Kind, value: str) -> Q:
    return Q(pk__in=SearchDigest.objects.having(kind, value).values("inquiry"))
