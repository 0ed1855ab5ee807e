"""A sentence as readers see it, and other words for it with the links and sources that it had."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list

LINK = re.compile(r"\[([^\]@][^\]]*)\]\(([^)]*)\)")
CITATION = re.compile(r"\s*\[@[^\]]*\]")
BRACES = re.compile(r"\s*\{[a-z-]+\}")  # the name of a drawing
BOLD = "**"
SIGN = re.compile(rf"{LINK.pattern}|(?P<after>{CITATION.pattern}|{BRACES.pattern})|\*\*|\s+")
LAST_WORD = re.compile(r"\w[\w'’-]*\W*$|\W+$")
FINAL_SIGNS = re.compile(r"[.!?…:]*[\"”’)]*$")


@dataclass(frozen=True)
class Mark:
    """What stands around some words, or after one, and which of the same words they are."""

    words: str
    number: int
    order: int  # of what stands before, in the notation
    before: str = ""
    after: str = ""
    last: int = 0  # the order of what stands after

    @property
    def target(self) -> str:
        return self.after.removeprefix("](").removesuffix(")") if self.before == "[" else ""

    @property
    def is_source(self) -> bool:
        return "[@" in self.after

    @property
    def sources(self) -> list[str]:
        return re.findall(r"@([\w-]+)", self.after) if self.is_source else []

    @property
    def is_line_end(self) -> bool:
        return not self.after.strip()

    @property
    def name(self) -> str:
        if self.target:
            return f"the link on “{self.words}”"
        if self.is_source:
            return sources_named(self.sources)
        if self.before:
            return f"the bold type of “{self.words}”"
        return f"the drawing “{self.after.strip(' {}')}”"


class Sentence:
    """The words of ``notation`` and its marks."""

    def __init__(self, notation: str):
        self.words, self.marks, self.order = "", list[Mark](), 0
        self.read(notation.strip())

    def read(self, notation: str) -> None:
        """Take up the next words."""
        bold = None
        end = 0
        for sign in SIGN.finditer(notation):
            self.words += notation[end : sign.start()]
            end, self.order = sign.end(), self.order + 1
            if sign[1]:
                start, order = len(self.words), self.order
                self.read(sign[1])
                self.order += 1
                self.mark(start, order, "[", f"]({sign[2]})")
            elif sign[0] == BOLD:
                if bold:
                    self.mark(*bold, BOLD, BOLD)
                bold = None if bold else (len(self.words), self.order)
            elif sign["after"]:
                self.mark_after(sign["after"])
            else:
                if "\n" in sign[0]:
                    self.mark_after("\n")
                self.words += " "
        self.words += notation[end:]

    def mark(self, start: int, order: int, before: str, after: str) -> None:
        words = self.words[start:]
        number = len([*places(words, self.words[:start])])
        self.marks.append(Mark(words, number, order, before, after, self.order))

    def mark_after(self, sign: str) -> None:
        last = LAST_WORD.search(self.words)
        words = last[0] if last else ""
        number = max(0, len([*places(words, self.words)]) - 1)
        self.marks.append(Mark(words, number, self.order, after=sign, last=self.order))

    def placed(self, words: str) -> Iterator[tuple[Mark, tuple[int, int] | None]]:
        """Each mark, and where it stands in other ``words``; None where it goes."""
        for mark in self.marks:
            if (mark.target and "](" in words) or (mark.before == BOLD and BOLD in words):
                continue  # they are typed
            if mark.is_source and "[@" in words:
                continue
            found = [*places(mark.words, words)]
            at = found[mark.number] if mark.number < len(found) else None
            if at is None and mark.is_source:
                end = FINAL_SIGNS.search(words)
                at = (0, end.start() if end else len(words))
            yield mark, at

    def lost(self, words: str) -> list[Mark]:
        """What goes with the words that it belongs to."""
        return [mark for mark, at in self.placed(words) if at is None and not mark.is_line_end]

    def said_as(self, words: str) -> str:
        """The notation with other ``words``."""
        signs = []
        for mark, at in self.placed(words):
            if at and mark.before:
                signs.append((at[0], mark.order, mark.before))
            if at:
                signs.append((at[1], mark.last, mark.after))
        for place, _, sign in sorted(signs, reverse=True):
            words = words[:place] + sign + words[place:]
        return re.sub(r"[ \t]*\n[ \t]*", "\n", words)


def sources_named(names: Sequence[str]) -> str:
    return f"the source{'s' if len(names) > 1 else ''} {get_text_list(list(names), 'and')}"


def places(words: str, text: str) -> Iterator[tuple[int, int]]:
    """Where ``text`` has these ``words``, whole."""
    if not words:
        return
    start = r"(?<!\w)" if words[0].isalnum() else ""
    end = r"(?!\w)" if words[-1].isalnum() else ""
    for found in re.finditer(f"{start}{re.escape(words)}{end}", text, re.IGNORECASE):
        yield found.span()


def without_signs(notation: str) -> str:
    return BRACES.sub("", CITATION.sub("", LINK.sub(r"\1", notation))).replace(BOLD, "")
