"""Words this site does not use, what to say instead, and why; plain Python."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field

from kapsite.content_files.validation import Model, Text
from kapsite.text.exact_phrases import Phrase, matcher, plain


def as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(as_list)]


class Wording(Model):
    """An entry of content/wording.yaml. ``unless`` are words that make the sentence right."""

    avoid: Annotated[Phrases, Field(min_length=1)]
    say: Text
    why: Text
    unless: Phrases = ()

    @cached_property
    def is_avoided(self) -> re.Pattern[str]:
        return matcher(self.avoid)

    @cached_property
    def is_right(self) -> re.Pattern[str]:
        return matcher(self.unless)


@dataclass(frozen=True)
class AvoidedWord:
    """Words of a text that the site avoids, and where in it they begin."""

    words: str
    position: int
    wording: Wording


class WordList:
    """All entries of content/wording.yaml, searched for at once."""

    def __init__(self, wordings: Iterable[Wording]):
        self.wordings = tuple(wordings)
        self.any = matcher(phrase for wording in self.wordings for phrase in wording.avoid)

    def matches(self, text: str) -> Iterator[AvoidedWord]:
        """Every avoided word in ``text``, which is one sentence."""
        searched = plain(text)
        if not self.any.search(searched):
            return
        for wording in self.wordings:
            if wording.is_right.search(searched):
                continue
            for found in wording.is_avoided.finditer(searched):
                yield AvoidedWord(text[found.start() : found.end()], found.start(), wording)
