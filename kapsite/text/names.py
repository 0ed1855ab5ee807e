"""People's names as a search compares them: without case, accents and the like; plain Python."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from .cleaning import normalize

# What people and keyboards use for an apostrophe: quotation marks, primes, accents that stand
# alone, letters such as the Hawaiian ʻokina, and the signs of Greek, Armenian, Hebrew and N'Ko.
APOSTROPHES = "'`´’‘‛‚′‵ʹʻʼʽʾʿˈˊˋ᾽᾿῾՚׳ߴߵꞋꞌ＇｀"
APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
DROPPED = f"{APOSTROPHES}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{ARABIC TATWEEL}ء"
WITHOUT_DROPPED = str.maketrans("", "", DROPPED)
# Letters that no normal form takes apart, as people without such a key write them; and Arabic,
# Persian and Urdu letters that are exchanged.
LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n", "ĸ": "k", "ə": "a", "ɛ": "e", "ɔ": "o"}
    | dict.fromkeys("یىېےۍ", "ي")
    | dict.fromkeys("کڪ", "ك")
    | dict.fromkeys("ةہھەۃ", "ه")
    | {"ٱ": "ا", **dict.fromkeys(DROPPED, "")}
)
UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
    | {"Ä": "ae", "Ö": "oe", "Ü": "ue", "Å": "aa", "Ø": "oe"}
)
SPELLED_OUT = re.compile(r"(?<=a)a|(?<=[aou])e")  # the same, the other way round
LEAST_CHANGED = 5  # letters; or "Joe" finds every "Jo…"
TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "jr", "sr", "ii", "iii", "phd")
)
MOST_WORDS = 10  # of a name, both of the one that is looked for and of a stored one
MOST_PARTS = 4  # of a name that is looked for with its parts joined too
SHORT_PART = 3  # letters at most, as in O, Mac, van, al
LEAST = 3  # bytes of a beginning: three Latin letters, or one Chinese


def name_words(name: str) -> list[str]:
    """The words of a name without case, accents and apostrophes; the name itself if it has none.

    >>> name_words("Søren O'Neill-Smith")
    ['soren', 'oneill', 'smith']
    """
    bare = normalize("NFKD", name.translate(WITHOUT_DROPPED)).casefold()
    if not bare.isascii():
        bare = "".join(map(plain_letter, bare.translate(LETTERS)))
    return re.findall(r"\w+", bare) or [name.casefold().strip()]


@lru_cache(maxsize=1000)
def plain_letter(letter: str) -> str:
    """Without an accent, and without the stroke or hook that makes it a letter of its own."""
    if unicodedata.combining(letter):
        return ""
    if letter.isascii() or not letter.isalpha():
        return letter
    name, _, _ = unicodedata.name(letter, "").replace("DOTLESS ", "").partition(" WITH ")
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return letter


def spellings(name: str) -> list[list[str]]:
    """The words of a name that someone looks for, in each way in which it may be stored.

    With and without titles and the "e" for an umlaut, with parts joined or apart.

    >>> spellings("Mr. O Brien")
    [['mr', 'o', 'brien'], ['o', 'brien'], ['obrien']]
    """
    words = name_words(name)
    untitled = without_titles(words)
    found = [words, untitled, without_umlauts(untitled)]
    found += map(without_titles, map(name_words, (apart(name), name.translate(UMLAUTS))))
    if len(untitled) <= MOST_PARTS:
        found += joined(untitled)
    return [list(dict.fromkeys(words))[:MOST_WORDS] for words in dict.fromkeys(map(tuple, found))]


def without_titles(words: list[str]) -> list[str]:
    return [word for word in words if word not in TITLES] or words


def without_umlauts(words: list[str]) -> list[str]:
    return [SPELLED_OUT.sub("", word) if len(word) >= LEAST_CHANGED else word for word in words]


def apart(name: str) -> str:
    return APOSTROPHE.sub(" ", name)


def joined(words: list[str]) -> Iterator[list[str]]:
    """Each short part with the word after it, and all as one."""
    for place, word in enumerate(words[:-1]):
        if len(word) <= SHORT_PART:
            yield [*words[:place], word + words[place + 1], *words[place + 2 :]]
    yield ["".join(words)]


class Beginning:
    """What someone typed of a name: how its words begin, in any order."""

    def __init__(self, typed: str):
        self.spellings = [[f" {word}" for word in words] for words in spellings(typed)]
        self.letters = {word[:2] for words in self.spellings for word in words}
        self.is_enough = len("".join(without_titles(name_words(typed))).encode()) >= LEAST

    def fits(self, name: str) -> bool:
        """Whether words of ``name`` begin so. An initial in it may stand for one of them."""
        words = name_words(apart(name))[:MOST_WORDS]
        if self.letters.isdisjoint(f" {word[:1]}" for word in words):  # as most names are
            return False
        forms = [words] if words == (changed := without_umlauts(words)) else [words, changed]
        rests = ["".join(form[place:]) for form in forms for place in range(len(words))]
        begun = f" {' '.join(rests)}"
        initials = tuple(f" {word}" for word in words if len(word) == 1)
        return any(begin(each, begun, initials) for each in self.spellings)


def begin(words: list[str], begun: str, initials: tuple[str, ...]) -> bool:
    missing = [word for word in words if word not in begun]
    return not missing or (
        len(missing) < len(words) and all(word.startswith(initials) for word in missing)
    )
