"""Cleaning of typed text: composed letters, plain line breaks, no invisible characters.

Removed characters were never visible, so people don't need to know. Left in, they could reverse a
line of the inbox, make two equal names differ, or keep the database from storing the row.
Emoji and every script stay whole. Plain Python.

Normalizing sorts the marks on a letter, in a time that grows with the square of their number:
40,000 of them hold a worker for 11 seconds. So the order is always the same: the limit first,
then what cannot be seen goes, then long runs of marks are cut, and only then comes a normal form.
Typed text is normalized here and nowhere else.
"""

import re
import unicodedata
from typing import Literal

LINE_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
UNSEEN = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x9f"  # controls
    "\xad\u180e\u200b\u2060-\u2064\ufeff"  # without width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction: marks, overrides, isolates
    "\ufff9-\ufffb\U0001d173-\U0001d17a"  # notes between lines, of music
    "\ud800-\udfff]"  # halves of a character
)
# Joiners belong to Persian, to Indian scripts and to emoji, but not to Latin letters.
STRAY_JOINER = re.compile("(?<![^\0-\u024f])[\u200c\u200d]|[\u200c\u200d](?![^\0-\u024f])")
TAGS = "[\U000e0000-\U000e007f]+"
STRAY_TAGS = re.compile(f"(\U0001f3f4{TAGS})|{TAGS}")  # a black flag and tags: the flag of Wales
# Letters and a symbol that look like a space.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

TYPED_FOR_ONE = 4  # characters for one in normal form C, at most: "\u1faf" can be typed as four
# Unicode Standard Annex 15, "Stream-Safe Text Format"; no language needs nearly as many.
LONGEST_RUN = 30  # marks (non-starters) in a row
LONG_RUN = re.compile(rb"[^\0]{%d,}" % (LONGEST_RUN + 1))
# These are no marks, but nothing except marks comes of them in a normal form.
MADE_OF_MARKS = re.compile("[\u0f73\u0f75\u0f81\uff9e\uff9f]")


class TooLong(ValueError):
    """Text so far over its limit that it isn't processed."""


def clean(typed: str, limit: int | None = None) -> str:
    """``typed`` in normal form C, with "\\n" for every line break and nothing unseen in it.

    Raises TooLong, before anything else is done, for text far over ``limit``. The
    result can be longer than ``limit`` too: that is for the caller to refuse.
    """
    if limit is not None and len(typed) > limit * TYPED_FOR_ONE:
        raise TooLong
    return STRAY_JOINER.sub("", normalize("NFC", without_unseen(typed)))


def clean_line(typed: str, limit: int | None = None) -> str:
    return re.sub(r"[\n\t]", " ", clean(typed, limit))


def without_unseen(text: str) -> str:
    text = UNSEEN.sub("", LINE_BREAK.sub("\n", text))
    return STRAY_TAGS.sub(lambda found: found[1] or "", text)


def normalize(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """``text`` in a normal form, without the marks after the first LONGEST_RUN in a row."""
    return text if text.isascii() else unicodedata.normalize(form, stream_safe(text))


def stream_safe(text: str) -> str:
    classes = bytes(map(unicodedata.combining, MADE_OF_MARKS.sub("\u0301", text)))
    kept, start = [], 0
    for run in LONG_RUN.finditer(classes):
        kept.append(text[start : run.start() + LONGEST_RUN])
        start = run.end()
    return "".join([*kept, text[start:]])


def visible(text: str) -> str:
    """Stored text for staff: what cannot be seen is shown by its number, so it turns nothing."""
    return UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", LINE_BREAK.sub("\n", text))


def is_blank(text: str) -> bool:
    """Whether nothing in ``text`` can be seen: only spaces, joiners and marks on nothing."""
    return all(sign in BLANKS or unicodedata.category(sign)[0] in "ZCM" for sign in text)
