"""Phrases as an editor writes them, found in text as people type it.

How a phrase is written is said at the top of ``content/danger_words.yaml``. Plain Python.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from kapsite.content_files.validation import wrong

from .typed_words import Reader

MAX_GAP = 3  # words that "…" stands for, at most
GAPS = ("…", "...")
THEN = r"(?: \.)* "  # the next word, even in a new sentence: "I want. To. Die."
THEN_SOON = rf"(?:(?: \.)*|(?: [^. ]+){{0,{MAX_GAP}}}?) "
SHORTEST_STEM = 3  # letters before "*"
WRITTEN = re.compile(r"(?:[^\W_]+['’]?[^\W_]*\*?)(?:/[^\W_]+['’]?[^\W_]*\*?)*")

Span = tuple[int, int]


class Finder:
    """Finds phrases, each known by the name of its group, in text that ``reader`` has read."""

    def __init__(self, groups: Mapping[str, Iterable[str]], reader: Reader):
        self.by_word: dict[str, list[tuple[str, str]]] = {}  # name and expression
        self.by_stem: dict[str, list[tuple[str, str]]] = {}  # by its first letter
        for name, phrases in groups.items():
            for phrase in phrases:
                expression = expression_of(phrase, reader)
                for word in phrase.split()[0].split("/"):
                    first, *others = reader.read_phrase(word.rstrip("*")).split()
                    found = (name, expression)
                    if word.endswith("*") and not others:
                        self.by_stem.setdefault(first[0], []).append(found)
                    else:
                        self.by_word.setdefault(first, []).append(found)

    def find(self, plain: str) -> Iterator[tuple[str, Span]]:
        """The group and the place of every phrase in ``plain``, overlapping ones too."""
        for word in re.finditer(r"(?<= )[^. ]+", plain):
            by_stem = self.by_stem.get(word[0][0], ())
            for name, expression in chain(self.by_word.get(word[0], ()), by_stem):
                if found := compiled(expression).match(plain, word.start()):
                    yield name, found.span()

    def get_ready(self) -> None:
        """Compile every phrase, so that no request waits for it."""
        for _, expression in chain(*self.by_word.values(), *self.by_stem.values()):
            compiled(expression)


@cache
def compiled(expression: str) -> re.Pattern[str]:
    """One of thousands, of which a text needs a few: commands that search nothing compile none."""
    return re.compile(expression)


def expression_of(phrase: str, reader: Reader) -> str:
    """A regular expression for ``phrase`` in text that ``reader`` has read."""
    parts, joint = [], ""
    for part in phrase.split():
        if part in GAPS:
            joint = THEN_SOON
            continue
        choices = "|".join(one_word(word, reader) for word in part.split("/"))
        parts.append(f"{joint}(?:{choices})")
        joint = THEN
    return "".join(parts) + "(?= )"


def one_word(word: str, reader: Reader) -> str:
    plain = THEN.join(map(re.escape, reader.read_phrase(word.rstrip("*")).split()))
    return plain + (r"\w*" if word.endswith("*") else "")


def check_phrase(phrase: str) -> str:
    parts = phrase.split()
    for part in parts:
        if part not in GAPS and not WRITTEN.fullmatch(part):
            raise wrong(
                f'"{part}" in "{phrase}" isn\'t a word.',
                "Write words with spaces, a/b for either, … for up to three words, endin* for any.",
            )
        stems = [word[:-1] for word in part.split("/") if word.endswith("*")]
        if short := [stem for stem in stems if len(stem) < SHORTEST_STEM]:
            raise wrong(f'"{short[0]}*" would match too many words.', "Write more letters.")
    if parts[0] in GAPS or parts[-1] in GAPS:
        raise wrong(f'"{phrase}" begins or ends with a gap.', "Begin and end with a word.")
    return phrase


Phrase = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(check_phrase)
]
