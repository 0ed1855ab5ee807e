"""Where other pages link to a page or name it, for someone who removes that page."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kapsite.editor.data_forms.files.front_matter import HEAD
from kapsite.editor.models import digest

from .notation import LINK, Mark, Sentence, without_signs
from .page_changes import Texts, keys_of, link_to, pages_of, path_of, with_keys

MARKER = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+")
BETWEEN = re.compile(r"[ \t]*(?:#|:::|$)")  # headings, and where blocks begin and end
# The end of a sentence, and the capital letter or the new line after it.
END = re.compile(r"[.!?…][\"'”’)*_]*(?:[ \t]+(?=[\"'“‘(\[*_]*[A-Z0-9])|[ \t]*\n)")
LAST_HEADING = re.compile(r"^(#+)[^\n]*\n+\Z", re.MULTILINE)
CLOSING = re.compile(r":{3,}[ \t]*(?:\n|$)")
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

    def said_as(self, words: str) -> str:
        """In its notation, with other words."""
        said = " | ".join(each.said_as(cell) for each, cell in self.divided(words))
        return f"| {said} |" if self.thing == ROW else said

    @property
    def marks(self) -> list[Mark]:
        return [mark for each in self.parts for mark in each.marks]

    @property
    def is_cited(self) -> bool:
        return any(mark.is_source for mark in self.marks)

    @property
    def is_only_link(self) -> bool:
        return self.thing == ENTRY and bool(LINK.fullmatch(self.written.rstrip(".")))


def mentions(texts: Texts, name: str) -> list[Mention]:
    """What other pages say about the page ``name``, in their order."""
    link, named = link_to(path_of(name)), names_of(texts[name])
    return [
        Mention(file, start, end, text[start:end], thing, bool(link.search(text, start, end)))
        for file, text in sorted(pages_of(texts))
        if file != name
        for start, end, thing in units(text)
        if link.search(text, start, end) or (named and named.search(plain(text[start:end])))
    ]


def names_of(text: str) -> re.Pattern[str] | None:
    """The title and the name in menus. One word is taken for a name only within a sentence, where
    no other word has a capital letter."""
    keys = keys_of(text)
    names = {str(keys[key]) for key in ("title", "menu") if keys.get(key)}
    forms = [
        rf"(?i:(?<!\w){re.escape(each)}(?!\w))"
        if " " in each
        else rf"(?:(?<=[a-z,;:] )|(?<=[\"“(])){re.escape(each)}(?!\w)"
        for each in names
    ]
    return re.compile("|".join(forms)) if forms else None


def plain(source: str) -> str:
    words = without_signs(MARKER.sub("", source.strip(), count=1))
    return " ".join(words.replace("|", " ").split())


def units(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each sentence, entry and row of a page begins and ends."""
    head = HEAD.fullmatch(text)
    position = start = head.start(4) if head else 0
    for line in text[start:].splitlines(keepends=True):
        is_row = line.startswith("|")
        if is_row or BETWEEN.match(line.rstrip()) or MARKER.match(line):
            yield from sentences(text, start, position)
            start = position
        position += len(line)
        if is_row and not set(line.strip()) <= set("|-: "):
            yield start, position, ROW
        if is_row or BETWEEN.match(line.rstrip()):
            start = position
    yield from sentences(text, start, position)


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The sentences of a paragraph or an entry; an entry with one of them is a whole."""
    from kapsite.pages.language.sentences import ABBREVIATION  # here: large, and seldom needed

    marker = MARKER.match(text, start, end)
    first = marker.end() if marker else start
    ends = [
        found.end()
        for found in END.finditer(text, first, end)
        if "\n" in found[0] or not ABBREVIATION.search(text, first, found.end())
    ]
    ends = [each for each in ends if each < end and text[each:end].strip()] + [end]
    if marker and len(ends) == 1:
        yield start, end, ENTRY
    elif text[first:end].strip():
        for each in ends:
            yield first, each, SENTENCE
            first = each


def reworded(texts: Texts, places: Mapping[Mention, str]) -> dict[str, str]:
    """The texts with other words in these places, none where "" is given; without the exemptions
    of sentences that are gone."""
    after = dict(texts)
    for each, words in sorted(places.items(), key=lambda item: -item[0].start):
        text = after[each.file]
        before, rest = text[: each.start], text[each.end :]
        if words:
            spaces = each.source[len(each.source.rstrip()) :]
            after[each.file] = before + each.marker + words + spaces + rest
            continue
        if not rest.strip() or rest.startswith("\n"):
            before = before.rstrip(" \t")
        if each.thing == SENTENCE and "\n" in each.source and not before.endswith("\n"):
            before = before.rstrip(" \t") + "\n"
        before = without_last_heading(before, rest)
        if before.endswith("\n\n"):
            rest = rest.lstrip("\n")
        after[each.file] = before + rest
    for file in {each.file for each in places}:
        gone = [each.words for each in places if each.file == file]
        after[file] = without_exemptions(after[file], gone)
    return after


def without_last_heading(before: str, rest: str) -> str:
    """Without the heading that ``before`` ends with, if nothing is left below it."""
    heading, below = LAST_HEADING.search(before), rest.lstrip("\n")
    if not heading:
        return before
    level = len(below) - len(below.lstrip("#"))
    is_last = not below or CLOSING.match(below) or 0 < level <= len(heading[1])
    return before[: heading.start()] if is_last else before


def without_exemptions(text: str, sentences: list[str]) -> str:
    """Without those of ``sentences``, which the page doesn't have any more."""
    listed = keys_of(text).get("uncited") or []
    kept = [each for each in listed if not begins_one(each, sentences)]
    return text if len(kept) == len(listed) else with_keys(text, uncited=kept or None)


def begins_one(exemption: object, sentences: list[str]) -> bool:
    start = exemption.get("text") if isinstance(exemption, dict) else None
    return bool(start) and any(each.startswith(str(start)) for each in sentences)
