"""How much an inquiry looks like spam, and why. The score never drops a request.

What the sender did not cause (autofill, a shared address, how fast a browser fills a form, their
language and keyboard) counts one point, however much of it comes together, and stays below
THRESHOLD with the count of earlier copies of a message: only what was written can set a request
aside. The numbers are judgment, held by the made-up requests and spams in ``tests/inquiries``.
Plain Python.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kapsite.text.phone_numbers import base_of, phone_numbers

from .spam_words import THRESHOLD, SpamWords
from .writing_style import (
    ANOTHER_ALPHABET,
    LINK,
    LINK_TAG,
    MESSENGER,
    MIN_TO_JUDGE,
    MIXED_WORD,
    RANDOM_CASE,
    SHAPE_TAG,
    count_letters,
    has_random_letters,
    is_in_a_known_language,
)

CIRCUMSTANCES = 1  # points for all together that the sender did not cause
TOO_FAST = 3  # seconds; less than a person needs without autofill
TOO_OLD = 24 * 60 * 60  # seconds
MIN_TO_REPEAT = 20  # letters; many people write "please call me"
MIN_PITCH = 60  # letters; longer requests for help nearly always name something of a life
LONGEST_AUTOFILL = 100  # characters; a postal address in one line
SPAMMED_DOMAIN = re.compile(r"\.(?:ru|cn|top|xyz|click|shop|icu)$", re.IGNORECASE)

Reasons = Iterator[tuple[int, str]]


@dataclass(frozen=True)
class Signals:
    """What one sent form says, and what the site knows about its sender."""

    message: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    honeypot: str = ""  # the value of the hidden field
    seconds: float | None = None  # from the form being made to it being sent; None: not known
    same_text: int = 0  # earlier inquiries with the same message
    same_form: int = 0  # earlier, different messages on the same form within the hour
    from_network: int = 0  # earlier inquiries from the same network within the hour


@dataclass(frozen=True)
class SpamScore:
    """``reasons`` are for staff and hold nothing that was typed."""

    points: int
    reasons: tuple[str, ...]

    @property
    def is_likely(self) -> bool:
        return self.points >= THRESHOLD


def score(signals: Signals, words: SpamWords) -> SpamScore:
    """The points and reasons of all signs together."""
    numbers = phone_numbers(signals.phone)
    written = [
        *about_the_honeypot(signals),
        *about_the_sender(signals, numbers),
        *about_the_message(signals, words),
        *about_offers(
            f"{signals.name} . {signals.message} . {signals.honeypot[:LONGEST_AUTOFILL]}", words
        ),
    ]
    around = [*about_the_sending(signals), *about_the_style(signals, numbers)]
    copies = [*about_copies(signals, words)]
    not_theirs = total(copies) + min(total(around), CIRCUMSTANCES)
    points = total(written) + min(not_theirs, THRESHOLD - 1)
    return SpamScore(points, tuple(reason for _, reason in [*written, *copies, *around]))


def total(reasons: list[tuple[int, str]]) -> int:
    return sum(points for points, _ in reasons)


def about_the_honeypot(signals: Signals) -> Reasons:
    if signals.honeypot.strip() and not could_be_autofill(signals.honeypot, signals.email):
        yield THRESHOLD, "The hidden field is filled in"


def could_be_autofill(honeypot: str, email: str) -> bool:
    """One line that a browser or a password manager knows of a person: name, city, employer …

    A web address only if it is that of their mail: their employer's, or their own.
    """
    _, _, domain = email.strip().lower().rpartition("@")
    own = rf"(?:https?://)?(?:www\.)?{re.escape(domain)}/?"
    if domain and re.fullmatch(own, honeypot.strip().lower()):
        return True
    is_short = len(honeypot) <= LONGEST_AUTOFILL and not re.search(r"[\n<>\[\]]", honeypot)
    return is_short and not LINK.search(honeypot) and not RANDOM_CASE.search(honeypot)


def about_the_sending(signals: Signals) -> Reasons:
    if signals.honeypot.strip() and could_be_autofill(signals.honeypot, signals.email):
        yield 1, "The hidden field may have been autofilled"
    if signals.seconds is not None and signals.seconds < TOO_FAST:
        yield 1, f"Sent within {TOO_FAST} seconds"
    if signals.seconds is not None and signals.seconds > TOO_OLD:
        yield 1, "Sent over a day after the form was opened"
    if signals.from_network >= 3:
        yield 1, "Many requests from one address"


def about_the_sender(signals: Signals, numbers: list[str]) -> Reasons:
    digits = [base_of(number).removeprefix("+1") for number in numbers]
    if any(len(set(each)) == 1 or each in "12345678901234567890" for each in digits):
        yield 2, "The phone number is made up"
    if LINK.search(signals.name) or LINK_TAG.search(signals.name):
        yield THRESHOLD, "The name contains a link"


def about_copies(signals: Signals, words: SpamWords) -> Reasons:
    """Several people may ask in the same words, but not often for the same strange thing.

    Never enough, since what others wrote before is not the sender's doing either.
    """
    if signals.same_text and count_letters(signals.message) >= MIN_TO_REPEAT:
        is_personal = "personal" in words.kinds_of_talk(signals.message)
        yield min(signals.same_text, 1 if is_personal else 4), "Same message as an earlier request"
    if signals.same_form:  # a shared device may send the same form for several people
        yield min(signals.same_form, 3), "Same copy of the form as other requests"


def about_the_message(signals: Signals, words: SpamWords) -> Reasons:
    links = len(LINK.findall(signals.message))
    if links:
        text = LINK.sub(" ", signals.message)
        talk = words.kinds_of_talk(text)
        most = 2 if "topic" in talk else 4
        yield min(links, most), "Contains links" if links > 1 else "Contains a link"
        if "topic" not in talk:
            is_far = "personal" not in talk and is_in_a_known_language(text)
            yield (4 if is_far else 1), "A link, and nothing about treatment"
    if LINK_TAG.search(signals.message):
        yield THRESHOLD, "Contains HTML code"
    if MESSENGER.search(signals.message):
        yield 1, "Mentions a messaging app"
    if has_random_letters(signals.message):
        yield 4, "Random letters"


def about_the_style(signals: Signals, numbers: list[str]) -> Reasons:
    """Signs that come from where people live, or from their keyboard or an app."""
    message = signals.message
    if numbers and not any(number.startswith("+1") for number in numbers):
        yield 1, "Not a US number"
    if SPAMMED_DOMAIN.search(signals.email.strip()):
        yield 1, "The email domain is often used for spam"
    if SHAPE_TAG.search(message):
        yield 1, "Contains HTML tags"
    if count_letters(message) >= MIN_TO_JUDGE:
        if sum(map(str.isupper, message)) > 0.8 * count_letters(message):
            yield 1, "All capitals"
        if MIXED_WORD.search(message):
            yield 1, "Mixes letters from two alphabets"


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
    if ANOTHER_ALPHABET.search(text.lower()):
        more = 0
    if more and not count["personal"] and count_letters(text) >= MIN_PITCH:
        more += 1
    if more >= 2:
        yield (more if more < 4 else THRESHOLD), "Sounds like advertising"
