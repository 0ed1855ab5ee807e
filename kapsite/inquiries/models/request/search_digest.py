"""Keyed digests, so that staff can search for what the database holds encrypted only.

That of the message serves no search: it shows that the same words came before.

Without FIELD_KEYS they tell one thing: which inquiries have a word, a number, an address or a
topic in common. There are but five topics, so someone with a copy of the database might guess
from how many share a digest which topic it stands for; of whom, is encrypted. Deleting an
inquiry deletes its digests.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from django.apps import apps
from django.db import connection, models

from kapsite.encryption.keyring import keyring
from kapsite.inquiries.models.bulk_insert import Sql, Statement, statement_of_values
from kapsite.text.names import name_words
from kapsite.text.normalization import email_address, last_four, message_text
from kapsite.text.phone_numbers import base_of, phone_numbers

from .earlier_contact import earlier_contacts


class DigestKind(models.TextChoices):
    NAME = "name", "A word of the name"
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    LAST_FOUR = "last four", "Last four digits"
    MESSAGE = "message", "The whole message"
    TOPIC = "topic", "Topic"
    # Of contact details that were corrected since: only staff find a request by them.
    EARLIER_NAME = "old name", "A word of an earlier name"
    EARLIER_EMAIL = "old email", "Earlier e-mail"
    EARLIER_PHONE = "old phone", "Earlier phone"
    EARLIER_LAST_FOUR = "old four", "Last four digits of an earlier phone"


EARLIER = {
    DigestKind.NAME: DigestKind.EARLIER_NAME,
    DigestKind.EMAIL: DigestKind.EARLIER_EMAIL,
    DigestKind.PHONE: DigestKind.EARLIER_PHONE,
    DigestKind.LAST_FOUR: DigestKind.EARLIER_LAST_FOUR,
}


Digest = tuple[str, str]  # the kind, and the digest itself


class DigestQuerySet(models.QuerySet["SearchDigest"]):
    def add_for(self, inquiry) -> None:
        found = chain(searchable(inquiry), searchable_earlier(inquiry))
        self.insert(inquiry.pk, digests_for(found))

    def renew_contacts(self, inquiry) -> None:
        """Store those of its name and contacts, and of the earlier ones, again."""
        self.filter(inquiry=inquiry, kind__in=[*EARLIER, *EARLIER.values()]).delete()
        found = chain(searchable_contacts(inquiry), searchable_earlier(inquiry))
        self.insert(inquiry.pk, digests_for(found))

    def insert(self, key: int, digests: Iterable[Digest]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(*insertion(key, digests))

    def having(self, kind: DigestKind, value: str):
        """Those of ``value``, whichever of the keys they were made with, and whether the request
        has it now or had it before a correction.

        The kind is part of what is digested; asking for the column too would make the databases
        read the rows, where now the index is enough.
        """
        return self.having_any([(kind, value)])

    def having_any(self, values: Iterable[tuple[DigestKind, str]]):
        return self.filter(
            digest__in=[
                digest
                for kind, value in values
                for each in (kind, EARLIER.get(kind))
                if each
                for digest in keyring().digests(f"{each}:{value}")
            ]
        )

    def count_since(self, start: datetime, kind: DigestKind, value: str, enough: int) -> int:
        """Inquiries with ``value`` received since ``start``, among the newest ``enough``.

        In SQL, because a person waits meanwhile: with the ORM a form took 10 % longer. And without
        a join, which PostgreSQL plans for longer than it runs: mostly none is found.
        """
        digests = keyring().digests(f"{kind}:{value}")
        with connection.cursor() as cursor:
            cursor.execute(NEWEST.format(", ".join(["%s"] * len(digests))), [*digests, enough])
            found = cursor.fetchall()
        if not found:
            return 0
        requests = apps.get_model("inquiries.Inquiry").objects.filter(received_at__gte=start)
        return requests.filter(pk__in=[key for (key,) in found]).count()


NEWEST = (
    "SELECT inquiry_id FROM inquiries_searchdigest WHERE digest IN ({}) "
    "ORDER BY inquiry_id DESC LIMIT %s"
)


class SearchDigest(models.Model):
    inquiry = models.ForeignKey("inquiries.Inquiry", models.CASCADE, related_name="digests")
    kind = models.CharField(max_length=10, choices=DigestKind)
    digest = models.CharField(max_length=41)  # key id, colon, 128 bits in hex

    objects = DigestQuerySet.as_manager()

    class Meta:
        constraints = [  # its index starts with the digest, and so serves the search too
            models.UniqueConstraint(fields=["digest", "inquiry"], name="search_digest_once")
        ]

    def __str__(self):
        return f"Search digest {self.pk}"


def digests_of(inquiry) -> list[Digest]:
    return digests_for(searchable(inquiry))


def digests_for(found: Iterable[tuple[DigestKind, str]]) -> list[Digest]:
    digest = keyring().digest
    pairs = dict.fromkeys((kind.value, value) for kind, value in found)  # each once
    return [(kind, digest(f"{kind}:{value}")) for kind, value in pairs]


def insertion(key: int | Sql, digests: Iterable[Digest]) -> Statement:
    """For the request with ``key``. Without a model instance, as in ``new_row``."""
    return statement_of_values(SearchDigest, [(key, *digest) for digest in digests])


def searchable(inquiry) -> Iterator[tuple[DigestKind, str]]:
    yield from searchable_contacts(inquiry)
    if text := message_text(inquiry.message):
        yield DigestKind.MESSAGE, text
    for topic in filter(None, inquiry.topics.split(",")):
        yield DigestKind.TOPIC, topic


def searchable_contacts(inquiry) -> Iterator[tuple[DigestKind, str]]:
    return contacts(inquiry.name, inquiry.normalized_email, inquiry.phone_e164.split())


def contacts(name: str, email: str, numbers: Iterable[str]) -> Iterator[tuple[DigestKind, str]]:
    for word in name_words(name):
        yield DigestKind.NAME, word
    if email:
        yield DigestKind.EMAIL, email
    for number in map(base_of, numbers):  # found without the extension too
        yield DigestKind.PHONE, number
        yield DigestKind.LAST_FOUR, last_four(number)


def searchable_earlier(inquiry) -> Iterator[tuple[DigestKind, str]]:
    for each in earlier_contacts(inquiry):
        found = contacts(each.name, email_address(each.email), phone_numbers(each.phone))
        yield from ((EARLIER[kind], value) for kind, value in found)
