"""A place of a page, such as a sentence: as readers see it, and with other words."""

import re
from dataclasses import dataclass, replace

from kapsite.editor.models import digest

from .notation import LINK, Mark, Sentence, without_signs

MARKER = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+")
ENTRY, ROW, SENTENCE = "entry", "row", "sentence"


@dataclass(frozen=True)
class Mention:
    """A sentence, an entry of a list or a row of a table, at ``start`` to ``end`` of a file."""

    file: str
    start: int
    end: int
    source: str
    thing: str
    is_linked: bool

    @property
    def key(self) -> str:
        return digest(f"{self.file} {self.start} {self.source}".encode())[:12]

    @property
    def words(self) -> str:
        """As readers see it."""
        return plain(self.source)

    @property
    def marker(self) -> str:
        """What an entry of a list begins with, and nobody has to type."""
        found = MARKER.match(self.source) if self.thing == ENTRY else None
        return found[0] if found else ""

    @property
    def written(self) -> str:
        """In its notation."""
        return self.source.removeprefix(self.marker).strip()

    @property
    def parts(self) -> list[Sentence]:
        """The cells of a row; of anything else there is one."""
        cells = self.written.strip("|").split("|") if self.thing == ROW else [self.written]
        return [Sentence(each) for each in cells]

    @property
    def typed(self) -> str:
        """As an editor changes it."""
        return " | ".join(each.words for each in self.parts)

    def divided(self, words: str) -> list[tuple[Sentence, str]]:
        """Each part with its other words."""
        cells = words.split("|") if self.thing == ROW else [words]
        return [(each, cell.strip()) for each, cell in zip(self.parts, cells, strict=True)]

    def saying(self, written: str) -> "Mention":
        """The same place, if it said this."""
        return replace(self, source=self.marker + written)

    def said_as(self, words: str) -> str:
        """In its notation, with other words."""
        said = " | ".join(each.said_as(cell) for each, cell in self.divided(words))
        return f"| {said} |" if self.thing == ROW else said

    def lost(self, words: str) -> list[Mark]:
        """What goes with the words that it belongs to, when it is said in others."""
        return [mark for each, cell in self.divided(words) for mark in each.lost(cell)]

    @property
    def marks(self) -> list[Mark]:
        return [mark for each in self.parts for mark in each.marks]

    @property
    def sources(self) -> list[str]:
        return [name for mark in self.marks if mark.is_source for name in mark.sources]

    @property
    def is_only_link(self) -> bool:
        return self.thing == ENTRY and bool(LINK.fullmatch(self.written.rstrip(".")))


def plain(source: str) -> str:
    words = without_signs(MARKER.sub("", source.strip(), count=1))
    return " ".join(words.replace("|", " ").split())
