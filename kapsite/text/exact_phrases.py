"""Words and phrases as an editor lists them -> one pattern that finds them; plain Python.

Only whole words count, and capital letters make no difference. ``approv*`` is any word that
begins so, ``#`` a number in digits or words, ``…`` up to three words between. A space also
finds a hyphen, and the other way round.
"""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from kapsite.content_files.validation import wrong

NUMBERS = (
    "a few|a couple|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|dozens|"
    "hundreds|thousands|millions"
)
NUMBER = rf"(?:\d[\d,.]*|(?:{NUMBERS}))"
GAP = r"(?:\S+\s+){0,3}?"
NOTHING = re.compile(r"(?!)")
# Signs that look alike, one for one, so that positions stay as they are.
LOOK_ALIKES = str.maketrans("‘’ʼ′‐‑–−\N{NO-BREAK SPACE}İ", "''''---- i")
UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


def check_phrase(value: str) -> str:
    words = spelled_out(value)
    if not re.search(r"\w\w|\w$|#", value) or "…" in (words[0], words[-1]) or "*" in words:
        raise wrong(
            f'"{value}" would match everywhere.',
            "Write whole words; a star only at a word's end, dots only between words.",
        )
    return value


Phrase = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(check_phrase),
]


def matcher(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of ``phrases``, to be used on plain text."""
    patterns = [pattern(phrase) for phrase in phrases]
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})") if patterns else NOTHING


def pattern(phrase: str) -> str:
    words = spelled_out(phrase)
    parts = [
        GAP if word == "…" else part(word) + (r"[\s-]+" if words[index + 1 :] else "")
        for index, word in enumerate(words)
    ]
    return "".join(parts) + (r"(?!\w)" if re.search(r"[\w#]$", phrase) else "")


def spelled_out(phrase: str) -> list[str]:
    return plain(phrase).replace("...", "…").split()


def part(word: str) -> str:
    escaped = re.escape(word).replace(r"\#", NUMBER).replace(r"\-", r"[\s-]")
    return escaped.replace(r"\*", r"\w*")


def plain(text: str) -> str:
    """``text`` for searching: small letters and plain signs; as long as before."""
    return text.translate(LOOK_ALIKES).lower()
