"""Words and phrases as an editor lists them -> one pattern that finds them; plain Python.

Only whole words count, and capital letters make no difference. ``approv*`` is any word that
begins so, ``#`` a number in digits or words, ``…`` up to three words between. A space also
finds a hyphen, and the other way round.
"""

import re
from collections.abc import Iterable, Set
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from kapsite.content_files.validation import wrong

NUMBERS = (
    "a few|a couple|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|"
    "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|half|dozens|hundreds|thousands|millions"
)
NUMBER = rf"(?:\d[\d,.]*|(?:{NUMBERS}))"
START = re.compile(r"(?<!\w)\w{1,4}")  # of a word
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
    return re.compile(rf"(?<!\w){by_first_letters(patterns)}") if patterns else NOTHING


def by_first_letters(patterns: Iterable[str], letters: int = 3) -> str:
    """Any of ``patterns``, sorted by how they begin: a search looks at few of a long list."""
    groups: dict[str, list[str]] = {}
    for found in patterns:
        is_letter = letters and found[:1].isalpha() and found[1:2].isalpha()
        first = NUMBER if found.startswith(NUMBER) else found[0] if is_letter else ""
        groups.setdefault(first, []).append(found)
    parts = [
        first + by_first_letters([found[len(first) :] for found in group], letters - 1)
        if first
        else "|".join(group)
        for first, group in groups.items()
    ]
    return f"(?:{'|'.join(parts)})"


class Finder:
    """Finds any of ``phrases``, and passes over texts that lack a word of each."""

    def __init__(self, phrases: Iterable[str]):
        phrases = tuple(phrases)
        self.pattern = matcher(phrases)
        needed = [starts_needed(phrase) for phrase in phrases]
        self.is_open = not all(needed)  # some phrase may be anywhere
        self.needed: dict[str, set[frozenset[str]]] = {}  # by the start of the longest word
        for starts in filter(None, needed):
            self.needed.setdefault(starts[0], set()).add(frozenset(starts))
        self.starts = frozenset(self.needed)

    def search(self, text: str, starts: Set[str]) -> re.Match[str] | None:
        """``starts`` are those of ``text``, which is plain."""
        if self.is_open or (not self.starts.isdisjoint(starts) and self.is_possible(starts)):
            return self.pattern.search(text)
        return None

    def is_possible(self, starts: Set[str]) -> bool:
        common = self.starts & starts
        return any(needed <= starts for start in common for needed in self.needed[start])


def starts_needed(phrase: str) -> list[str]:
    """How the words of ``phrase`` begin, the longest first; without those that are no help."""
    words = sorted(re.findall(r"[\w*#$]+", plain(phrase)), key=len, reverse=True)
    return [word[:4] for word in words if not re.search(r"[#$]|^.{0,3}\*", word)]


def starts_of(text: str) -> frozenset[str]:
    """How the words of a plain text begin."""
    return frozenset(START.findall(text))


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
