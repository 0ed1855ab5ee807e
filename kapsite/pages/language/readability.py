"""How hard a text is to read, as a US school grade; plain Python.

The Flesch-Kincaid grade: Kincaid, Fishburne, Rogers and Chissom (1975), Derivation of new
readability formulas, https://stars.library.ucf.edu/istlibrary/56/

Left out are citations, headings, labels of tables and everything shorter than five words,
which would make a page look easier than it is. A glossary term (it is explained a click
away), a name, an abbreviation and a number count as one word of one syllable.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pyphen import Pyphen

from kapsite.text.exact_phrases import matcher, plain

from .sentences import Sentence

WORD = re.compile(r"\d[\d,.:]*|[^\W\d_]+(?:['’‐‑-][^\W\d_]+)*")
MIN_WORDS = 5  # in a sentence that counts
MIN_HARD_WORDS = 8  # words in a sentence that is named as hard
# Ends that make no syllable: "made" and "takes", but not "table" and "uses"; "used", not "added".
SILENT = re.compile(
    r"(?<=[^laeiouy])e$|(?<=[aeiouy]l)e$|(?<![sxzcg])(?<!ch)(?<!sh)es$|(?<![td])ed$"
)
VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True)
class Measured:
    """A sentence with what its grade is made of."""

    sentence: Sentence
    words: int
    syllables: int

    @property
    def grade(self) -> float:
        return grade_of(self.words, 1, self.syllables)

    @property
    def shown_grade(self) -> str:
        return shown(self.grade)


@dataclass(frozen=True)
class Reading:
    """A page: how many words, its grade (None when there is too little text), what is hard."""

    words: int
    grade: float | None
    hardest: tuple[Measured, ...]

    @property
    def shown_grade(self) -> str:
        return "-" if self.grade is None else shown(self.grade)


def grade_of(words: int, sentences: int, syllables: int) -> float:
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


def shown(grade: float) -> str:
    """The grade as people know it: there is none below the first."""
    return f"{grade:.1f}" if grade >= 1 else "below 1"


class Readability:
    """Measures pages. ``terms`` are those of the glossary."""

    def __init__(self, terms: Iterable[str]):
        # The longest first: "bipolar disorder" before "bipolar".
        self.terms = matcher(sorted(terms, key=len, reverse=True))

    def read(self, sentences: Sequence[Sentence]) -> Reading:
        prose = [sentence for sentence in sentences if not sentence.is_label and sentence.text]
        names = {name for sentence in prose for name in names_in(sentence.text)}
        measured = [self.measure(sentence, names) for sentence in prose]
        counted = [one for one in measured if one.words >= MIN_WORDS]
        total = sum(one.words for one in measured)
        if not counted:
            return Reading(total, None, ())
        words, syllables = sum(m.words for m in counted), sum(m.syllables for m in counted)
        long_enough = [one for one in counted if one.words >= MIN_HARD_WORDS] or counted
        hardest = sorted(long_enough, key=lambda one: one.grade, reverse=True)[:3]
        return Reading(total, grade_of(words, len(counted), syllables), tuple(hardest))

    def measure(self, sentence: Sentence, names: set[str]) -> Measured:
        text, known = sentence.text, 0
        for term in reversed(list(self.terms.finditer(plain(text)))):
            text, known = f"{text[: term.start()]} {text[term.end() :]}", known + 1
        words = WORD.findall(text)
        syllables = sum(1 if is_easy(word, names) else syllables_in(word) for word in words)
        return Measured(sentence, len(words) + known, syllables + known)


def names_in(text: str) -> list[str]:
    """Words with a capital letter that do not begin the sentence."""
    return [word for word in WORD.findall(text)[1:] if word[0].isupper()]


def is_easy(word: str, names: set[str]) -> bool:
    return word in names or word[0].isdigit() or (len(word) > 1 and word.isupper())


@lru_cache(maxsize=20_000)
def syllables_in(word: str) -> int:
    parts = re.split(r"['’‐‑-]", word.lower())
    return max(1, sum(syllables_of(part) for part in parts if len(part) > 1))


@cache  # many commands import this module and measure nothing
def dictionary() -> Pyphen:
    return Pyphen(lang="en_US")


def syllables_of(part: str) -> int:
    """Pyphen divides words for line ends, and so never "a-bout" or "read-y"; vowels find those.

    Together they are right for 99 of 100 words on this site's pages, against the CMU
    Pronouncing Dictionary, and Pyphen alone for 95.
    """
    return max(len(dictionary().positions(part)) + 1, len(VOWELS.findall(SILENT.sub("", part))))
