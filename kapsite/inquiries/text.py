"""Text as people meant it: composed letters, plain line breaks, nothing that cannot be seen.

What is taken out shows on no screen, so nobody is told. Left in it could turn a line of the
staff's list around, make two equal names differ, or keep a database from storing the row.
Emoji and every script stay whole. Plain Python.
"""

import re
import unicodedata

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


def clean(text: str) -> str:
    """``text`` in normal form C, with "\\n" for every line break and nothing unseen in it."""
    text = UNSEEN.sub("", LINE_BREAK.sub("\n", text))
    text = STRAY_TAGS.sub(lambda found: found[1] or "", text)
    return STRAY_JOINER.sub("", unicodedata.normalize("NFC", text))


def visible(text: str) -> str:
    """Stored text for staff: what cannot be seen is shown by its number, so it turns nothing."""
    return UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", LINE_BREAK.sub("\n", text))


def clean_line(text: str) -> str:
    return re.sub(r"[\n\t]", " ", clean(text))


def is_blank(text: str) -> bool:
    """Whether nothing in ``text`` can be seen: only spaces, joiners and marks on nothing."""
    return all(sign in BLANKS or unicodedata.category(sign)[0] in "ZCM" for sign in text)
