"""The sentences of a page as a reader sees them, with their lines and citations; plain Python."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.syntax.frontmatter import Document
from kapsite.pages.syntax.markdown import parse_sentence
from kapsite.text.exact_phrases import UNSEEN

# A period, what may close after it, and the capital letter or line end of what follows; or
# a line that the editor ends with a backslash, noted as \v.
END = re.compile(r"[.!?…][\"'”’)\]]*(?:\s+(?=[\"'“‘(\[]*[A-Z0-9])|[ \t]*\n\s*)|\v\n")
ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Jr|Sr|St|vs|No|e\.g|i\.e|U\.S)\.\s+$")
BREAKS = ("softbreak", "hardbreak")
COLUMN, ROW, LEAD_IN = 8, 9, 10  # depth of a label; headings have their level


@dataclass(frozen=True)
class Sentence:
    """A sentence, list item, table cell or heading. ``text`` has single spaces and no marks.

    What a block draws from data is a sentence without words, whose place is "drawn".
    """

    text: str
    line: int  # of the file, where it begins
    place: str = "sentence"
    citations: tuple[str, ...] = ()
    breaks: tuple[int, ...] = ()  # where in ``text`` each further line of the file begins
    block: str = ""  # the name of the block around it
    depth: int = 0  # of a heading, row label, column label or bold lead-in

    @property
    def is_label(self) -> bool:
        return self.depth > 0

    def line_at(self, position: int) -> int:
        return self.line + sum(start <= position for start in self.breaks)


class Reader:
    """Reads one text and keeps count of its lines."""

    def __init__(self, first_line: int):
        self.first_line = first_line
        self.line = first_line

    def read(self, node: Node, place: str = "sentence", block: str = "") -> Iterator[Sentence]:
        """Every sentence under ``node``, in reading order."""
        if node.map:
            self.line = self.first_line + node.map[0]
        if node.type == "inline":
            yield from self.images(node, block)
            yield from (replace(found, block=block) for found in self.divide(node, place))
        elif node.type == "heading":
            for inline in node.children:
                yield from self.images(inline, block)
                yield self.label(inline, "heading", int(node.tag[1]), block)
        elif node.type == "tr":
            yield from self.read_row(node, block)
        elif node.type == "block" and not node.children:
            yield Sentence("", self.line, "drawn")
        else:
            inside = node.meta["name"] if node.type == "block" else block
            for child in node.children:
                is_item = node.type == "list_item"
                yield from self.read(child, "list item" if is_item else place, inside)

    def read_row(self, row: Node, block: str) -> Iterator[Sentence]:
        """The cells of a table row; those of the first row and the first cell are labels."""
        heads_columns = row.parent is not None and row.parent.type == "thead"
        for index, cell in enumerate(row.children):
            for inline in cell.children:
                if heads_columns or index == 0:
                    yield from self.images(inline, block)
                if heads_columns:
                    yield self.label(inline, "table cell", COLUMN, block)
                elif index == 0:
                    yield self.label(inline, "table cell", ROW, block)
                else:
                    yield from self.read(inline, "table cell", block)

    def label(self, inline: Node, place: str, depth: int, block: str) -> Sentence:
        text, marks = flatten(inline)
        ids = tuple(source for _, sources in marks for source in sources)
        return Sentence(" ".join(text.split()), self.line, place, ids, (), block, depth)

    def divide(self, inline: Node, place: str) -> Iterator[Sentence]:
        """The sentences of one paragraph, list item or cell."""
        text, marks = flatten(inline)
        starts = [0, *(end.end() for end in END.finditer(text) if ends_a_sentence(text, end))]
        cited: list[list[str]] = [[] for _ in starts]
        for position, ids in marks:
            # A mark after the period still belongs to the sentence before it.
            cited[max((i for i, start in enumerate(starts) if start < position), default=0)] += ids
        lead_in = bold_lead_in(inline)
        for start, end, ids in zip(starts, [*starts[1:], len(text)], cited, strict=True):
            part = text[start:end].strip()
            if part:
                line = self.line + text.count("\n", 0, text.index(part, start))
                depth = LEAD_IN if start == 0 and part == lead_in else 0
                words = " ".join(part.split())
                yield Sentence(words, line, place, tuple(ids), line_starts(part), depth=depth)

    def images(self, inline: Node, block: str) -> Iterator[Sentence]:
        """What each image shows: a passage of its own, cited by the mark right after it."""
        line = self.line
        for node in inline.walk():
            line += node.type in BREAKS
            words = " ".join(flatten(node)[0].split()) if node.type == "image" else ""
            if words:
                yield Sentence(words, line, "image", cited_after(node), block=block)


def cited_after(image: Node) -> tuple[str, ...]:
    after = image.next_sibling
    while after and after.type == "text" and not after.content.strip():
        after = after.next_sibling
    return tuple(after.meta["ids"]) if after and after.type == "citation" else ()


def sentences_of(tree: Node, first_line: int) -> Iterator[Sentence]:
    """Every sentence of ``tree``, whose text begins on ``first_line`` of the file."""
    reader = Reader(first_line)
    for node in tree.children:
        yield from reader.read(node)


def lead_of(document: Document) -> Iterator[Sentence]:
    """The sentences of the lead, each at its own line of the front matter."""
    if document.meta is None or not document.meta.lead:
        return
    first = document.line("lead")
    rows = [without_marks(row) for row in document.head[first - 1 :]]
    joined, starts = " ".join(rows), [0, *accumulate(len(row) + 1 for row in rows)]
    for sentence in sentences_of(parse_sentence(document.meta.lead), first):
        at = max(joined.find(sentence.text[:40]), 0)
        line = first - 1 + sum(start <= at for start in starts)
        end = at + len(sentence.text)
        breaks = tuple(start - at for start in starts if at < start < end)
        yield replace(sentence, line=line, breaks=breaks)


def without_marks(text: str) -> str:
    """``text`` with single spaces and without marks of emphasis, links and citations."""
    words = re.sub(r"\s*\[@[^\]]*\]|\*+|\]\([^)]*\)|\[", "", text)
    return " ".join(words.split())


def ends_a_sentence(text: str, end: re.Match) -> bool:
    return "\n" in end[0] or not ABBREVIATION.search(text[: end.end()])


def bold_lead_in(inline: Node) -> str | None:
    """What a paragraph begins with in bold, as in "**Money.** Some studies …"."""
    first = next((node for node in inline.children if node.type != "text" or node.content), None)
    return flatten(first)[0].strip() if first and first.type == "strong" else None


def flatten(inline: Node) -> tuple[str, list[tuple[int, list[str]]]]:
    """The words with a line end for each of the file's, and each citation's place in them."""
    text = ""
    marks: list[tuple[int, list[str]]] = []
    for leaf in leaves(inline):
        if leaf.type == "citation":
            text = text.rstrip(" ")
            marks.append((len(text), leaf.meta["ids"]))
        elif leaf.type in BREAKS:
            text += "\n" if leaf.type == "softbreak" else "\v\n"
        elif leaf.type in ("text", "html_inline"):
            text += UNSEEN.sub("", leaf.content)
    return text, marks


def leaves(node: Node) -> Iterator[Node]:
    """What ``node`` is made of, without its images: their words are not part of the text."""
    if not node.children:
        yield node
    for child in node.children:
        if child.type != "image":
            yield from leaves(child)


def line_starts(part: str) -> tuple[int, ...]:
    """Where each further line begins once white space is folded."""
    lines = part.split("\n")
    return tuple(
        len(" ".join(" ".join(lines[:count]).split())) + 1 for count in range(1, len(lines))
    )
