"""Automatic triage of a request: words of danger, and how likely it is spam.

Neither keeps a request from being stored. A request is marked as spam only if nothing in it
points to danger. A word list that cannot be read counts as "not known", and so does a text that
is too long to be read: such a request stays in the inbox, and is treated as if someone could be in
danger.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from django import db

from kapsite.clinic.deadlines import reply_due
from kapsite.clinic.facts import Clinic
from kapsite.content_files.problems import ContentError
from kapsite.inquiries.models.choices import Status
from kapsite.inquiries.models.counting.flood import Rescore
from kapsite.inquiries.models.request.search_digest import DigestKind, SearchDigest
from kapsite.text.normalization import message_text
from kapsite.text.typed_words import is_read_whole

from .danger import LABELS, danger_words, find_danger
from .spam import Signals, score
from .spam_words import spam_words

RECENT = timedelta(days=14)  # as long as likely spam is kept
ENOUGH = 5  # earlier copies of a message; more add no points
TYPED = ("name", "phone", "email", "message")
UNCHECKED = "unchecked"  # in place of the categories of danger, and as much a reason for care
NOT_CHECKED = "Not fully checked for words that suggest danger"

logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class SubmissionMetadata:
    """What is known about how a form was sent, besides its answers."""

    at: datetime
    honeypot: str = ""  # the value of the honeypot
    seconds: float | None = None


def triage(answers: dict, metadata: SubmissionMetadata, clinic: Clinic) -> tuple[dict, Rescore]:
    """Fields of the inquiry, for staff and for what the confirmation shows first.

    And a function that gives those about spam again, once it is known how many requests came
    before.
    """
    fields = arrival_fields(answers, metadata.at, clinic)
    signals = Signals(
        **{field: answers.get(field, "") for field in TYPED},
        honeypot=metadata.honeypot,
        seconds=metadata.seconds,
        same_text=earlier_copies(answers.get("message", ""), metadata.at),
    )

    def spam_fields(from_network: int = 0, same_form: int = 0) -> dict:
        known = replace(signals, from_network=from_network, same_form=same_form)
        spam = or_none(lambda: score(known, spam_words.in_use()))
        is_spam = spam is not None and spam.is_likely and not fields["danger"]
        return {
            "spam_points": spam.points if spam else None,
            "spam_reasons": "\n".join(spam.reasons) if spam else "",
            "status": Status.SPAM if is_spam else Status.NEW,
        }

    return fields | spam_fields(), spam_fields


def arrival_fields(answers: dict, at: datetime, clinic: Clinic) -> dict:
    """When it came, by when to reply, and its danger; also for what was said on the phone."""
    danger = danger_in(answers)
    reason = reason_of(danger)
    return {
        "danger": UNCHECKED if danger is None else ",".join(danger),
        "safety_concern": bool(reason),
        "safety_concern_reason": reason,
        "reply_by": reply_due(at, clinic, safety_concern=bool(reason)),
        "received_at": at,
    }


def reason_of(danger: tuple[str, ...] | None) -> str:
    """Why there is a safety concern; "" if there is none."""
    return NOT_CHECKED if danger is None else "\n".join(LABELS[name] for name in danger)


def concern_in(answers: dict) -> str:
    """The reason for a safety concern that corrected ``answers`` give; "" if they give none."""
    return reason_of(danger_in(answers))


def read_word_lists() -> None:
    """Load the lists before the first request, because it takes most of a second."""
    or_none(lambda: danger_words.in_use().finder.get_ready())
    or_none(lambda: spam_words.in_use().get_ready())


def danger_in(answers: dict) -> tuple[str, ...] | None:
    """Categories in anything that was typed, the most urgent first; None: not known.

    A text of which a part would stay unread is not read at all: a whole is not judged by a part.
    """

    def find():
        words = danger_words.in_use()
        texts = [answers.get(field, "") for field in (*TYPED, "language")]
        if not all(text is not None and is_read_whole(text) for text in texts):
            return None
        return {name for text in texts for name in find_danger(text, words)}

    found = or_none(find)
    return None if found is None else tuple(name for name in LABELS if name in found)


def may_be_in_danger(answers: dict) -> bool:
    return danger_in(answers) != ()


def earlier_copies(message: str, now: datetime) -> int:
    if not (text := message_text(message)):
        return 0
    return SearchDigest.objects.count_since(now - RECENT, DigestKind.MESSAGE, text, ENOUGH)


def or_none(judge: Callable[[], T]) -> T | None:
    """What ``judge`` says; None if it cannot. No fault in it may cost a person their request."""
    try:
        return judge()
    except db.Error:
        raise
    except ContentError as error:
        logger.error("Requests are stored unchecked until this is fixed:\n%s", error)
    except Exception as error:  # not logged whole: it may quote what was typed
        logger.error("A request is stored unchecked: %s", type(error).__name__)
    return None
