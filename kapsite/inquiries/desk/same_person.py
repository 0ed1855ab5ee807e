"""Requests that may come from the same person: they have a number or an address in common."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, Q, QuerySet

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.request.search_digest import DigestKind, SearchDigest
from kapsite.text.normalization import email_address
from kapsite.text.phone_numbers import base_of, phone_numbers

WITHIN = timedelta(days=30)  # before and after
SHOWN = 10
MOST_OF_A_PERSON = 100  # other requests
MOST_ALIKE = 1_000  # requests with the same number or address


def others_of(inquiry: Inquiry) -> QuerySet[Inquiry]:
    """Those that could be linked to it: not itself, and none that is linked to it already."""
    around = (inquiry.received_at - WITHIN, inquiry.received_at + WITHIN)
    found = Inquiry.objects.active().filter(
        pk__in=having_the_same(inquiry), received_at__range=around
    )
    here = Q(pk=inquiry.pk) | Q(same_person_as=inquiry) | Q(pk=inquiry.duplicate_of_id)
    return found.exclude(here).exclude(pk__in=inquiry.duplicates.values("pk"))


def having_the_same(inquiry: Inquiry) -> list[int]:
    """Keys of those with a number or an address of it, each as it is now or was once."""
    numbers, emails = inquiry.phone_e164.split(), [inquiry.normalized_email]
    for earlier in map(replace_unreadable, inquiry.corrected):
        numbers += phone_numbers(earlier.phone)
        emails.append(email_address(earlier.email))
    return with_contacts(numbers, emails)


def with_contacts(numbers: Iterable[str], emails: Iterable[str]) -> list[int]:
    """The newest of their keys; a list for the reason that inbox.search.keys_of gives."""
    values = [(DigestKind.PHONE, base_of(number)) for number in numbers]
    values += [(DigestKind.EMAIL, email) for email in emails if email]
    # Newest first, in a form that no index has: else PostgreSQL would go through all digests.
    newest = SearchDigest.objects.having_any(values).order_by(-F("inquiry_id"))
    return list(newest.values_list("inquiry_id", flat=True)[:MOST_ALIKE])


def likely_duplicates(inquiry: Inquiry) -> list[Inquiry]:
    linked = [inquiry.same_person_as_id] if inquiry.same_person_as_id else []
    return nameless(others_of(inquiry).exclude(pk__in=linked))


def linked_with(inquiry: Inquiry) -> list[Inquiry]:
    """The request it was linked to, and those linked to it."""
    linked = Q(same_person_as=inquiry)
    if first := inquiry.same_person_as_id:
        linked |= Q(pk=first) | Q(same_person_as=first)
    others = Inquiry.objects.active().filter(linked)
    return nameless(others.exclude(pk=inquiry.pk))


def all_of_person(inquiry: Inquiry, user=None) -> list[Inquiry]:
    """It, and the newest others that have a number or an address of it, or are linked to it.

    With ``user``, those that this person may see.
    """
    replace_unreadable(inquiry)
    same = {*having_the_same(inquiry), *(each.pk for each in linked_with(inquiry))}
    same.update(inquiry.duplicates.values_list("pk", flat=True))
    if inquiry.duplicate_of_id:
        same.add(inquiry.duplicate_of_id)
    among = Inquiry.objects.seen_by(user) if user else Inquiry.objects.all()
    others = among.filter(pk__in=same - {inquiry.pk})
    others = others.select_related("assigned_to", "entered_by")
    shown = others.defer("message").order_by("-received_at", "-pk")[:MOST_OF_A_PERSON]
    return [inquiry, *map(replace_unreadable, shown)]


def nameless(inquiries: QuerySet[Inquiry]) -> list[Inquiry]:
    """The newest, without what was typed into them."""
    shown = inquiries.only(
        "reference", "received_at", "status", "outcome", "same_person_as", "withdrawn_at"
    )
    return list(shown.order_by("-received_at")[:SHOWN])
