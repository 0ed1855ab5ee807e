"""Where other pages link to a page or name it."""

import re
from collections.abc import Callable, Iterator, Mapping

from kapsite.editor.data_forms.files.front_matter import HEAD, keys_of
from kapsite.editor.structure.page_changes import (
    Texts,
    link_to,
    pages_of,
    path_of,
    with_keys,
)

from .mention import ENTRY, MARKER, ROW, SENTENCE, Mention, plain

BETWEEN = re.compile(r"[ \t]*(?:#|:::|$)")  # headings, and where blocks begin and end
# The end of a sentence, and the capital letter or the new line after it.
END = re.compile(r"[.!?…][\"'”’)*_]*(?:[ \t]+(?=[\"'“‘(\[*_]*[A-Z0-9])|[ \t]*\n)")
LAST_HEADING = re.compile(r"^(#+)[^\n]*\n+\Z", re.MULTILINE)
CLOSING = re.compile(r":{3,}[ \t]*(?:\n|$)")


def mentions(texts: Texts, name: str) -> list[Mention]:
    """What other pages say about the page ``name``, in their order."""
    link, named = link_to(path_of(name)), names_of(texts[name])

    def is_meant(text: str, start: int, end: int) -> bool:
        return bool(
            link.search(text, start, end) or (named and named.search(plain(text[start:end])))
        )

    return [place for file in others(texts, name) for place in places(texts, file, link, is_meant)]


def links_saying(texts: Texts, name: str, title: str) -> list[Mention]:
    """Where other pages link to the page ``name`` with these words."""
    link, said = link_to(path_of(name)), link_as(name, title)
    files = [file for file in others(texts, name) if title and said.search(texts[file])]
    return [place for file in files for place in places(texts, file, link, said.search)]


def link_as(name: str, title: str) -> re.Pattern[str]:
    words, path = re.escape(title).replace(r"\ ", r"\s+"), re.escape(path_of(name))
    return re.compile(rf"\[({words})\](\({path}(?:#[\w-]+)?\))", re.IGNORECASE)


def others(texts: Texts, name: str) -> list[str]:
    return sorted(file for file, _ in pages_of(texts) if file != name)


def places(
    texts: Texts, file: str, link: re.Pattern[str], is_meant: Callable[[str, int, int], object]
) -> Iterator[Mention]:
    """The parts of a page that are meant."""
    text = texts[file]
    for start, end, thing in units(text):
        if is_meant(text, start, end):
            is_linked = bool(link.search(text, start, end))
            yield Mention(file, start, end, text[start:end], thing, is_linked)


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
