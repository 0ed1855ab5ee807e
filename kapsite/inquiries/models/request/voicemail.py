"""Whether a voicemail may be left at a number: the strictest answer of all requests with it.

Someone may have sent two forms with opposite answers, or two people may share a phone. A wrong
number counts as a "No": a stranger would hear it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.apps import apps
from django.db.models import Case, F, Max, OuterRef, Subquery, Value, When

from kapsite.encryption.keyring import keyring
from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.models.choices import Voicemail
from kapsite.text.phone_numbers import base_of

from .search_digest import DigestKind, SearchDigest

if TYPE_CHECKING:
    from .inquiry import Inquiry

ANSWER = Case(When(wrong_number=True, then=Value(Voicemail.NO)), default=F("voicemail"))
STRICTNESS = {"": 0, Voicemail.YES: 1, Voicemail.DISCREET: 2, Voicemail.NO: 3}


class VoicemailRule(NamedTuple):
    answer: str  # of Voicemail; "" where nobody with this number was asked
    other: int | None = None  # the newest request that is stricter than this one, if any


def voicemail_rules(inquiries: Iterable["Inquiry"]) -> dict[int, VoicemailRule]:
    """The rule for each, by its key, in one query."""
    digests = {inquiry: list(of_inquiry(inquiry)) for inquiry in inquiries}
    answers = answers_to({each for some in digests.values() for each in some})
    return {
        inquiry.pk: strictest(own_answer(inquiry), [answers.get(each, []) for each in some])
        for inquiry, some in digests.items()
    }


def rule_for(numbers: Iterable[str]) -> VoicemailRule:
    """What requests with one of ``numbers`` say, before there is another."""
    return strictest("", answers_to(set(digests_of(numbers))).values())


def own_answer(inquiry: "Inquiry") -> str:
    return Voicemail.NO if inquiry.wrong_number else inquiry.voicemail


def of_inquiry(inquiry: "Inquiry") -> Iterable[str]:
    """Digests of its numbers; of none where no answer can be stricter."""
    if own_answer(inquiry) != Voicemail.NO:
        yield from digests_of(replace_unreadable(inquiry).phone_e164.split())


def digests_of(numbers: Iterable[str]) -> Iterable[str]:
    for number in numbers:
        yield from keyring().digests(f"{DigestKind.PHONE}:{base_of(number)}")


def answers_to(digests: set[str]) -> dict[str, list[VoicemailRule]]:
    """By a subquery: for a join, PostgreSQL would read all requests (see no_samples)."""
    found: dict[str, list[VoicemailRule]] = {}
    if digests:
        requests = apps.get_model("inquiries.Inquiry").objects.filter(pk=OuterRef("inquiry"))
        rows = SearchDigest.objects.filter(digest__in=digests)
        answers = rows.annotate(answer=Subquery(requests.values(answer=ANSWER)))
        of_each = answers.values_list("digest", "answer").annotate(Max("inquiry"))
        for digest, answer, newest in of_each:
            found.setdefault(digest, []).append(VoicemailRule(answer, newest))
    return found


def strictest(own: str, others: Iterable[list[VoicemailRule]]) -> VoicemailRule:
    rules = [VoicemailRule(own), *(rule for some in others for rule in some)]
    return max(rules, key=lambda rule: STRICTNESS[rule.answer])  # of equals the first: its own
