"""How much an inquiry looks like spam, and why. A score sets aside; it never drops.

What the sender did not cause (autofill, a shared address, how fast a browser fills a form, their
language and keyboard) counts one point, however much of it comes together, and stays below
THRESHOLD with the count of earlier copies of a message: only what was written can set a request
aside. The numbers are judgement, held by the made-up requests and spams in ``tests/inquiries``.
Plain Python.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from kapsite.content_files.live_file import Watched
from kapsite.content_files.problems import Report
from kapsite.content_files.validation import Model, Text, load
from kapsite.text.cleaning import normalize
from kapsite.text.fuzzy_phrases import Finder, Phrase, Reader
from kapsite.text.phone_numbers import base_of, phone_numbers

THRESHOLD = 5
CIRCUMSTANCES = 1  # points for all together that the sender did not cause
TOO_FAST = 3  # seconds; less than a person needs without autofill
TOO_OLD = 24 * 60 * 60  # seconds
LEAST_TO_REPEAT = 20  # letters; many people write "please call me"
LEAST_TO_JUDGE = 20  # letters; shorter texts have no style
LEAST_OF_A_PITCH = 60  # letters; longer requests for help nearly always name something of a life
SHORTEST_RANDOM = 5  # letters of a word
LEAST_RANDOM = 10  # letters of a message
LONGEST_AUTOFILL = 100  # characters; a postal address in one line

# A bare domain needs an ending that is no word, since people forget the space after a full stop:
# "mornings.Tuesdays/Thursdays", "No.I/we". RFC 2606 has .example for examples.
ENDINGS = "com|net|org|edu|gov|ly|gl|ru|cn|uk|xyz|icu|example"
LINK = re.compile(
    r"https?://[^\s\]\"'>]+|\bwww\.[^\s\]\"'>]+"
    rf"|(?<![@\w.-])(?:(?:[a-z0-9-]+\.)+(?:{ENDINGS})|t\.me|wa\.me|youtu\.be)/[^\s\]\"'>]*",
    re.IGNORECASE,
)
# What makes a link or runs, and what only shapes the text: an app may add that when pasting.
LINK_TAG = re.compile(
    r"<(?:a|img|iframe|script|form)\s[^<>]*=|</(?:a|iframe|script|form)\s*>|<(?:iframe|script)>"
    r"|\[(?:url|link|img)=|\[/(?:url|link|img)\]",
    re.IGNORECASE,
)
SHAPE_TAG = re.compile(
    r"</?(?:b|i|u|p|br|div|span|strong|em|font|h\d)\s*/?>|\[/?b\]", re.IGNORECASE
)
MESSENGER = re.compile(r"telegram|whats ?app|we ?chat|wickr|\bt\.me\b|телеграм|微信", re.I)
MIXED_WORD = re.compile(r"[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
# Rolled on the keys: neighbors in a row, or no vowel for long. In Welsh w and y are vowels, in
# Czech l and r; German has long runs, but then vowels around them: "Kopfschmerzen".
NEIGHBORS = re.compile("qwert|asdf|sdfg|dfgh|fghj|ghjk|hjkl|zxcv|xcvb|cvbn|lkjh|kjhg|poiu|mnbv")
NO_VOWEL = re.compile("[^aeiouwylr]{5}")
FEW_VOWELS = 0.18  # of the letters of a word
RANDOM_CASE = re.compile(r"(?:[a-z]+[A-Z]+){4}")  # "xKdLpQwZr"; "iPhone" has one
SPAMMED_DOMAIN = re.compile(r"\.(?:ru|cn|top|xyz|click|shop|icu)$", re.IGNORECASE)
# The word lists know English and Spanish only, so a message must show that it is one of them.
ONLY_HERE = re.compile(
    r"\b(?:the|this|that|these|you|your|with|have|has|are|our|from|just|what|here|they|them|there"
    r"|it|want|something|about|any|some|who|would|could|please|off|best|get"
    r"|el|los|las|usted|ustedes|nuestr[oa]s?|muy|hoy)\b"
)
# Their words are not in the lists, and look like some: "sem" is Portuguese for without.
ANOTHER_ALPHABET = re.compile("[àâãäåæçèêëìîïðòôõöøùûýþßÿ\u0100-\u024f\u1e00-\u1eff]")
ALSO_ELSEWHERE = re.compile(r"\b(?:a|at|be|do|i|in|is|me|my|of|on|so|to|we|and|for|now|y|con|de)\b")

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
    same_form: int = 0  # earlier, different messages on the same form within the hour
    from_address: int = 0  # earlier inquiries from the same address within the hour


@dataclass(frozen=True)
class SpamScore:
    """``reasons`` are for staff and hold nothing that was typed."""

    points: int
    reasons: tuple[str, ...]

    @property
    def is_likely(self) -> bool:
        return self.points >= THRESHOLD


class SpamSign(Model):
    reason: Text
    points: Annotated[int, Field(ge=1, le=THRESHOLD)]
    phrases: tuple[Phrase, ...]


class SpamFile(Model):
    kinds: tuple[SpamSign, ...]
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

    def kinds_of_talk(self, text: str) -> set[str]:
        """ "business", "personal" and "topic", as far as words of them are in ``text``."""
        return {name for name, _ in self.talk.find(self.reader.read(text))}


def load_spam_words(file: Path, report: Report) -> SpamWords | None:
    """The words; None after an error, which ``report`` then holds."""
    value = load(file, SpamFile, report)
    return SpamWords(value) if value else None


spam_words = Watched(load_spam_words, "spam_words.yaml")


def score(signals: Signals, words: SpamWords) -> SpamScore:
    """The points and reasons of all signs together; set aside what ``is_likely``."""
    numbers = phone_numbers(signals.phone)
    written = [
        *about_the_trap(signals),
        *about_the_sender(signals, numbers),
        *about_links(signals, words),
        *about_random_letters(signals.message),
        *about_offers(
            f"{signals.name} . {signals.message} . {signals.trap[:LONGEST_AUTOFILL]}", words
        ),
    ]
    around = [*about_the_sending(signals), *about_the_style(signals, numbers)]
    copies = [*about_copies(signals, words)]
    not_theirs = total(copies) + min(total(around), CIRCUMSTANCES)
    points = total(written) + min(not_theirs, THRESHOLD - 1)
    return SpamScore(points, tuple(reason for _, reason in [*written, *copies, *around]))


def total(reasons: list[tuple[int, str]]) -> int:
    return sum(points for points, _ in reasons)


def about_the_trap(signals: Signals) -> Reasons:
    if signals.trap.strip() and not could_be_autofill(signals.trap, signals.email):
        yield THRESHOLD, "The hidden field is filled in"


def could_be_autofill(trap: str, email: str) -> bool:
    """One line that a browser or a password manager knows of a person: name, city, employer …

    A web address only if it is that of their mail: their employer's, or their own.
    """
    _, _, domain = email.strip().lower().rpartition("@")
    own = rf"(?:https?://)?(?:www\.)?{re.escape(domain)}/?"
    if domain and re.fullmatch(own, trap.strip().lower()):
        return True
    is_short = len(trap) <= LONGEST_AUTOFILL and not re.search(r"[\n<>\[\]]", trap)
    return is_short and not LINK.search(trap) and not RANDOM_CASE.search(trap)


def about_the_sending(signals: Signals) -> Reasons:
    if signals.trap.strip() and could_be_autofill(signals.trap, signals.email):
        yield 1, "The hidden field may have been autofilled"
    if signals.seconds is not None and signals.seconds < TOO_FAST:
        yield 1, f"Sent within {TOO_FAST} seconds"
    if signals.seconds is not None and signals.seconds > TOO_OLD:
        yield 1, "Sent over a day after the form was opened"
    if signals.from_address >= 3:
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
    if signals.same_text and count_letters(signals.message) >= LEAST_TO_REPEAT:
        is_personal = "personal" in words.kinds_of_talk(signals.message)
        yield min(signals.same_text, 1 if is_personal else 4), "Same message as an earlier request"
    if signals.same_form:  # at a front desk, somebody may go back and fill it in for the next one
        yield min(signals.same_form, 3), "Same copy of the form as other requests"


def about_links(signals: Signals, words: SpamWords) -> Reasons:
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


def about_random_letters(message: str) -> Reasons:
    letters, words = count_letters(message), WORD.findall(LINK.sub(" ", message))
    random = [len(word) for word in words if is_random(word)]
    if letters >= LEAST_RANDOM and len(random) >= 2 and sum(random) > 0.5 * letters:
        yield 4, "Random letters"


def is_random(word: str) -> bool:
    """Marks are stripped first: most vowels of Vietnamese have one."""
    plain = "".join(sign for sign in normalize("NFKD", word) if sign.isalpha())
    if not plain.isascii() or len(plain) < SHORTEST_RANDOM:
        return False
    vowels = sum(letter in "aeiouwy" for letter in plain.lower())
    mashed = vowels < FEW_VOWELS * len(plain) and NO_VOWEL.search(plain.lower())
    return bool(mashed or NEIGHBORS.search(plain.lower()) or RANDOM_CASE.match(plain))


def about_the_style(signals: Signals, numbers: list[str]) -> Reasons:
    """Where somebody comes from, and what their keyboard or an app did."""
    message = signals.message
    if numbers and not any(number.startswith("+1") for number in numbers):
        yield 1, "Not a US number"
    if SPAMMED_DOMAIN.search(signals.email.strip()):
        yield 1, "The email domain is often used for spam"
    if SHAPE_TAG.search(message):
        yield 1, "Contains HTML tags"
    if count_letters(message) >= LEAST_TO_JUDGE:
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
    if more and not count["personal"] and count_letters(text) >= LEAST_OF_A_PITCH:
        more += 1
    if more >= 2:
        yield (more if more < 4 else THRESHOLD), "Sounds like advertising"


def count_letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def is_in_a_known_language(text: str) -> bool:
    ours = len(ONLY_HERE.findall(text.lower()))
    all_of_them = ours + len(ALSO_ELSEWHERE.findall(text.lower()))
    is_full_of_them = all_of_them >= max(3, 0.4 * len(WORD.findall(text)))
    return (ours >= 2 or is_full_of_them) and count_letters(text) >= LEAST_TO_JUDGE
