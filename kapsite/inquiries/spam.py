"""How much an inquiry looks like spam, and why. A score sets aside; it never drops.

The numbers are judgement, weighed so that no single thing an honest sender may do (paste a
link, use autofill, share an address, write in capitals or another script) reaches THRESHOLD,
and held by the made-up requests and spams in ``tests/inquiries``. Plain Python.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from kapsite.datafiles import Model, Text, load
from kapsite.inquiries.phrases import Finder, Phrase, Reader
from kapsite.problems import Report
from kapsite.watched import Watched

THRESHOLD = 5
TOO_FAST = 3  # seconds; less than a person needs without autofill
TOO_OLD = 24 * 60 * 60  # seconds
LEAST_TO_REPEAT = 20  # letters; many people write "please call me"
LEAST_TO_JUDGE = 20  # letters; shorter texts have no style
LEAST_OF_A_PITCH = 60  # letters; longer requests for help nearly always name something of a life

LINK = re.compile(
    r"https?://[^\s\]\"'>]+|\bwww\.[^\s\]\"'>]+|(?<![@\w.-])(?:[a-z0-9-]+\.)+[a-z]{2,10}/[^\s\]\"'>]*",
    re.IGNORECASE,
)
MARKUP = re.compile(r"\[/?(?:url|link|img|b)\b[^\]]*\]|</?(?:a|img|script|iframe|br|p)\b", re.I)
MESSENGER = re.compile(r"telegram|whats ?app|we ?chat|wickr|\bt\.me\b|телеграм|微信", re.I)
MIXED_WORD = re.compile(r"[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]", re.IGNORECASE)
LONG_WORD = re.compile(r"[^\W\d_]{5,}")
KEYBOARD_WORD = re.compile(r"[^aeiouyáéíóúü]{5}|[asdfghjkl]{6}")  # "sdkfjh"; "flkasjd"
SPAMMED_DOMAIN = re.compile(r"\.(?:ru|cn|top|xyz|click|shop|icu)$", re.IGNORECASE)

Reasons = Iterator[tuple[int, str]]


@dataclass(frozen=True)
class Signals:
    """What one sent form says, and what the site knows about its sender."""

    message: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    trap: str = ""  # what stands in the field that people do not see
    seconds: float | None = None  # from the form being made to it being sent; None: not known
    same_text: int = 0  # earlier inquiries with the same message
    from_address: int = 0  # earlier inquiries from the same address within the hour


@dataclass(frozen=True)
class SpamScore:
    """``reasons`` are for staff and hold nothing that was typed."""

    points: int
    reasons: tuple[str, ...]

    @property
    def is_likely(self) -> bool:
        return self.points >= THRESHOLD


class Kind(Model):
    reason: Text
    points: Annotated[int, Field(ge=1, le=THRESHOLD)]
    phrases: tuple[Phrase, ...]


class SpamFile(Model):
    kinds: tuple[Kind, ...]
    business: tuple[Phrase, ...]
    personal: tuple[Phrase, ...]
    topics: tuple[Phrase, ...]


class SpamWords:
    """``content/spam_words.yaml``, ready to search with."""

    def __init__(self, file: SpamFile):
        self.kinds = file.kinds
        self.reader = Reader()
        self.offers = Finder({p: [p] for kind in file.kinds for p in kind.phrases}, self.reader)
        groups = {"business": file.business, "personal": file.personal, "topic": file.topics}
        self.talk = Finder(groups, self.reader)


def load_spam_words(file: Path, report: Report) -> SpamWords | None:
    """The words; None after an error, which ``report`` then holds."""
    value = load(file, SpamFile, report)
    return SpamWords(value) if value else None


spam_words = Watched(load_spam_words, "spam_words.yaml")


def score(signals: Signals, words: SpamWords) -> SpamScore:
    """The points and reasons of all signs together; set aside what ``is_likely``."""
    found = [
        *about_the_sending(signals),
        *about_the_sender(signals),
        *about_links(signals, words),
        *about_the_style(signals.message),
        *about_offers(f"{signals.name} . {signals.message}", words),
    ]
    return SpamScore(sum(points for points, _ in found), tuple(reason for _, reason in found))


def about_the_sending(signals: Signals) -> Reasons:
    if trap := signals.trap.strip():
        if trap in (signals.name, signals.phone, signals.email):
            yield 2, "The hidden field holds the sender's own details, as autofill may do"
        else:
            yield THRESHOLD, "The hidden field is filled in"
    if signals.seconds is not None and signals.seconds < TOO_FAST:
        yield 2, f"Sent within {TOO_FAST} seconds"
    if signals.seconds is not None and signals.seconds > TOO_OLD:
        yield 1, "Sent more than a day after the form was opened"
    if signals.same_text and count_letters(signals.message) >= LEAST_TO_REPEAT:
        yield min(signals.same_text, 4), "The same message came before"
    if signals.from_address >= 3:
        yield (4 if signals.from_address >= 6 else 2), "Many requests from one address"


def about_the_sender(signals: Signals) -> Reasons:
    digits = re.sub(r"\D", "", signals.phone)
    if digits and (len(set(digits)) == 1 or digits in "12345678901234567890"):
        yield 2, "The phone number is made up"
    elif 7 <= len(digits) <= 15 and len(digits.removeprefix("1")) != 10:
        yield 1, "The phone number is not from here"
    if SPAMMED_DOMAIN.search(signals.email.strip()):
        yield 1, "The email address is from a domain that spammers like"
    if LINK.search(signals.name) or MARKUP.search(signals.name):
        yield THRESHOLD, "There is a link in the name"


def about_links(signals: Signals, words: SpamWords) -> Reasons:
    links = len(LINK.findall(signals.message))
    if links:
        yield (links if links < 3 else 4), "There are links" if links > 1 else "There is a link"
        text = LINK.sub(" ", signals.message)
        talk = {name for name, _ in words.talk.find(words.reader.read(text))}
        if "topic" not in talk:
            can_judge = is_mostly_latin(text) and count_letters(text) >= LEAST_TO_JUDGE
            is_far = can_judge and "personal" not in talk
            yield (4 if is_far else 2), "A link, and nothing about treatment"
    if MARKUP.search(signals.message):
        yield THRESHOLD, "Written with the marks of web pages"
    if MESSENGER.search(signals.message):
        yield 1, "Names a messenger"


def about_the_style(message: str) -> Reasons:
    if count_letters(message) < LEAST_TO_JUDGE:
        return
    if sum(map(str.isupper, message)) > 0.8 * count_letters(message):
        yield 1, "All in capitals"
    if not is_mostly_latin(message):
        yield 1, "Not in Latin letters"
    if MIXED_WORD.search(message):
        yield 3, "Words mix letters of two scripts"
    long_words = LONG_WORD.findall(LINK.sub(" ", message).lower())
    mashed = [word for word in long_words if is_latin(word[0]) and KEYBOARD_WORD.search(word)]
    if len(mashed) >= 2 and len(mashed) > 0.4 * len(long_words):
        yield 3, "Letters at random"


def about_offers(text: str, words: SpamWords) -> Reasons:
    """Phrases and words of business, against words of one's own life; each counts once."""
    plain = words.reader.read(LINK.sub(" ", text))
    phrases = {phrase for phrase, _ in words.offers.find(plain)}
    talk = {(name, plain[slice(*span)]) for name, span in words.talk.find(plain)}
    count = Counter(name for name, _ in talk)
    for kind in words.kinds:
        hits = len(phrases.intersection(kind.phrases))
        if (points := kind.points * min(hits, 2) - count["personal"]) > 0:
            yield points, kind.reason
    more = count["business"] - 2 * count["personal"]
    if more and not count["personal"] and count_letters(text) >= LEAST_OF_A_PITCH:
        more += 1
    if more >= 2:
        yield (more if more < 4 else THRESHOLD), "Words of business, few of one's own life"


def count_letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def is_mostly_latin(text: str) -> bool:
    return sum(map(is_latin, text)) >= 0.5 * count_letters(text)


def is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")
