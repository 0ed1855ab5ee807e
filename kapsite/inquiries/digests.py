"""Keyed digests, so that staff can search for what the database holds encrypted only.

That of the message serves no search: it shows that the same words came before.

Without FIELD_KEYS they tell one thing: which inquiries have a word, a number or an address in
common. Deleting an inquiry deletes its digests.
"""

from collections.abc import Iterator

from django.db import models

from .keys import keyring
from .normal import email_address, last_four, message_text, name_words, phone_numbers


class Kind(models.TextChoices):
    NAME = "name", "A word of the name"
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    LAST_FOUR = "last four", "Last four digits"
    MESSAGE = "message", "The whole message"


class DigestQuerySet(models.QuerySet["SearchDigest"]):
    def add_for(self, inquiry) -> None:
        """Call it in the transaction that stores the inquiry."""
        pairs = dict.fromkeys(searchable(inquiry))  # a word that comes twice is stored once
        SearchDigest.objects.bulk_create(
            SearchDigest(inquiry=inquiry, kind=kind, digest=keyring().digest(f"{kind}:{value}"))
            for kind, value in pairs
        )

    def having(self, kind: Kind, value: str):
        """Those of ``value``, whichever of the keys they were made with."""
        return self.filter(kind=kind, digest__in=keyring().digests(f"{kind}:{value}"))


class SearchDigest(models.Model):
    inquiry = models.ForeignKey("inquiries.Inquiry", models.CASCADE, related_name="digests")
    kind = models.CharField(max_length=10, choices=Kind)
    digest = models.CharField(max_length=41)  # key id, colon, 128 bits in hex

    objects = DigestQuerySet.as_manager()

    class Meta:
        constraints = [  # its index starts with the digest, and so serves the search too
            models.UniqueConstraint(fields=["digest", "inquiry"], name="search_digest_once")
        ]

    def __str__(self):
        return f"Search digest {self.pk}"


def searchable(inquiry) -> Iterator[tuple[Kind, str]]:
    for word in name_words(inquiry.name):
        yield Kind.NAME, word
    if inquiry.email:
        yield Kind.EMAIL, email_address(inquiry.email)
    for number in phone_numbers(inquiry.phone):
        yield Kind.PHONE, number
        yield Kind.LAST_FOUR, last_four(number)
    if text := message_text(inquiry.message):
        yield Kind.MESSAGE, text
