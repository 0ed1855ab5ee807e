"""Writes the HTML of one page, node by node, and collects what else is known about it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.clinic.facts import Clinic
from kapsite.content_files.problems import Report
from kapsite.pages.syntax.chart_schema import Chart
from kapsite.pages.syntax.citations import wrong_with_source
from kapsite.pages.syntax.leftovers import leftovers
from kapsite.pages.syntax.schema import Medicines, Source, Term
from kapsite.pages.syntax.slugs import slug

from .glossary_links import Terms

TAGS = {
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "strong": "strong",
    "em": "em",
}
TEMPLATE_IDS = {"main", "sources", "contents", "guide"}  # taken by the page's template
STACKED_COLUMNS = 3  # from so many on, a phone shows the rows of a table one below the other
NO_TERMS = {"heading", "link", "th", "strong", "em"}  # no links to the glossary in these
ID_MARK = re.compile(r"\s*\{#([a-z][a-z0-9-]*)\}\s*$")


@dataclass(frozen=True)
class Library:
    """The data that pages use. ``cited_by`` has the (path, name) of pages citing each source."""

    clinic: Clinic | None
    sources: Mapping[str, Source] | None  # None: the file has errors of its own
    glossary: Mapping[str, Term]
    medicines: Medicines | None
    charts: Mapping[str, Chart | None] = field(default_factory=dict)  # None: it has errors
    cited_by: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    terms: Terms | None = None  # None: no page explains them
    asset_url: Callable[[str], str] = str  # "/static/img/a.svg" -> its address when published


@dataclass(frozen=True)
class Heading:
    """A heading of the body. ``line`` is that of the file."""

    id: str
    text: str
    level: int
    line: int


@dataclass(frozen=True)
class Target:
    """Where a link or image points, and the line that says so."""

    address: str
    line: int


class Writer:
    """One page. ``components`` draws the named blocks."""

    def __init__(self, library: Library, report: Report, components: Mapping[str, Callable]):
        self.library = library
        self.report = report
        self.components = components
        self.first_line = 1  # of the text being written, in the file
        self.line = 1  # of the paragraph being written
        self.headings: list[Heading] = []
        self.citations: dict[str, int] = {}  # source id -> how often, by first use
        self.links: list[Target] = []
        self.images: list[Target] = []
        self.ids: set[str] = set()
        self.tables: dict[str, int] = {}
        self.questions: list[tuple[str, str]] = []  # each with its answer as HTML
        self.charts: set[str] = set()
        self.grades: dict[str, dict[str, str]] = {}  # id of a section -> what its badges say
        self.linked: dict[str, str] = {}  # term -> address of its entry
        self.blocks: list[str] = []  # names of the blocks around this place

    # Nodes

    def nodes(self, nodes: Iterable[Node]) -> str:
        return "".join(self.node(node) for node in nodes)

    def node(self, node: Node) -> str:
        if tag := TAGS.get(node.type):
            start = node.attrs.get("start")
            attributes = f' start="{start}"' if start else ""
            content = self.nodes(node.children)
            if not content.strip():
                self.error(node, "There is an empty element here.", "Remove its mark.")
            html = f"<{tag}{attributes}>{content}</{tag}>"
            return html if node.type in ("strong", "em") else html + "\n"
        return getattr(self, f"draw_{node.type}")(node)

    def error(self, place: Node | int, message: str, fix: str):
        """Report a problem at a block-level node, or on a line of the file."""
        line = place if isinstance(place, int) else self.line_of(place)
        self.report.error(line, message, fix)

    def line_of(self, node: Node) -> int:
        """The line of the file where the block-level ``node`` begins."""
        return self.first_line + node.map[0] if node.map else self.line

    def draw_inline(self, node: Node) -> str:
        self.line = line = self.line_of(node)
        found, text = len(self.report.problems), text_of(node)
        html = self.nodes(node.children)
        if len(self.report.problems) > found:
            return html
        if text.count("[") != text.count("]"):
            self.error(line, "This square bracket has no match.", "Add or remove one.")
        elif "[" in text:
            self.error(
                line,
                "There are square brackets in the text.",
                "Write a link like [risks](/risks/), a citation like [@S11], or remove them.",
            )
        return html

    def draw_paragraph(self, node: Node) -> str:
        text = self.nodes(node.children)
        return text if node.hidden else f"<p>{text}</p>\n"  # hidden: in a list without gaps

    def draw_text(self, node: Node) -> str:
        around = types_around(node)
        for found in leftovers(node.content, around, begins_line(node)):
            self.error(self.line, *found)
        text, after = node.content, node.next_sibling
        if after and after.type == "citation":
            text = text.rstrip()  # marks stick
        if self.library.terms and not around & NO_TERMS:
            return self.library.terms.link(text, self.linked)
        return escape(text, quote=False)

    def draw_softbreak(self, node: Node) -> str:
        self.line += 1
        return "\n"

    def draw_hardbreak(self, node: Node) -> str:
        self.line += 1
        return "<br>\n"

    def draw_html_inline(self, node: Node) -> str:
        self.refuse_html(self.line, node.content)
        self.line += node.content.count("\n")
        return escape(node.content)

    def draw_html_block(self, node: Node) -> str:
        self.refuse_html(self.line_of(node), node.content)
        return escape(node.content)

    def refuse_html(self, line: int, html: str):
        tag = html.strip().split("\n")[0][:30]
        self.error(
            line, f"HTML isn't allowed here: {tag}", "Use Markdown or a block (docs/editing.md)."
        )

    def draw_link(self, node: Node) -> str:
        address = str(node.attrs["href"])
        self.links.append(Target(address, self.line))
        text = self.nodes(node.children)
        if not text.strip():
            self.error(self.line, "A link has no text.", "Write [the text](/its-page/).")
        self.refuse_title(node, f"[{text_of(node)}]({address})")
        return f'<a href="{escape(address)}">{text}</a>'

    def refuse_title(self, node: Node, without: str):
        if title := node.attrs.get("title"):
            self.error(self.line, f'"{title}" wouldn\'t be shown.', f"Write {without}")

    def draw_image(self, node: Node) -> str:
        address = str(node.attrs["src"])
        alternative = text_of(node).strip()
        self.refuse_title(node, f"![{alternative or '…'}]({address})")
        for found in leftovers(alternative, {"image"}, starts_a_line=False):
            self.error(self.line, *found)
        if not alternative:
            self.error(
                self.line, "An image has no alternative text.", "Write ![what it shows](address)."
            )
        self.images.append(Target(address, self.line))
        source = escape(self.library.asset_url(address))
        return f'<img src="{source}" alt="{escape(alternative)}" loading="lazy">'

    def draw_table(self, node: Node) -> str:
        """A table in a region that keyboards can scroll, named after its section."""
        section = self.headings[-1].text if self.headings else "this page"
        self.tables[section] = count = self.tables.get(section, 0) + 1
        label = f"Table{f' {count}' if count > 1 else ''}: {section}"
        head, *body = node.children
        self.check_table(node, head.children[0], bool(body))
        rows = "".join(self.table_row(row, ["col"] * len(row.children)) for row in head.children)
        html = f"<thead>\n{rows}</thead>\n"
        columns = [text_of(cell).strip() for cell in head.children[0].children]
        stacks = len(columns) >= STACKED_COLUMNS
        if body:
            labels = columns if stacks else []
            rows = "".join(self.table_row(row, ["row"], labels) for row in body[0].children)
            html += f"<tbody>\n{rows}</tbody>\n"
        return (
            f'<section class="table-wrap{" stacks" if stacks else ""}" tabindex="0" '
            f'aria-label="{escape(label)}">\n<table>\n{html}</table>\n</section>\n'
        )

    def check_table(self, table: Node, first_row: Node, has_body: bool):
        names = [text_of(cell).strip() for cell in first_row.children]
        if not all(names[1:]) or names == [""]:
            self.error(table, "A column of the table has no name.", "Write it in the first row.")
        if not has_body:
            self.error(
                table,
                "The table has only its first row.",
                "Write the others below the line | --- | --- |.",
            )

    def table_row(self, row: Node, scopes: list[str], labels: Sequence[str] = ()) -> str:
        """A row whose first cells are headings of these scopes; the others carry the labels."""
        cells = []
        for index, cell in enumerate(row.children):
            scope = f' scope="{scopes[index]}"' if index < len(scopes) else ""
            align = str(cell.attrs.get("style", "")).removeprefix("text-align:")
            style = f' class="align-{align}"' if align else ""
            text = self.nodes(cell.children)
            tag = "th" if scope and text else "td"
            label = f' data-label="{escape(labels[index])}"' if labels and tag == "td" else ""
            cells.append(f"<{tag}{scope if text else ''}{style}{label}>{text}</{tag}>")
        return f"<tr>{''.join(cells)}</tr>\n"

    # Citations

    def draw_citation(self, node: Node) -> str:
        marks = self.cite(node.meta["ids"], self.line)
        self.line += node.content.count("\n")
        return marks

    def cite(self, ids: Iterable[str], line: int) -> str:
        """The marks of these sources, numbered by their first use on the page."""
        marks = []
        for source in ids:
            if not self.may_be_cited(source, line):
                continue
            is_first = source not in self.citations  # where the list of sources leads back to
            self.citations[source] = self.citations.get(source, 0) + 1
            number = list(self.citations).index(source) + 1
            name = f' id="c{number}"' if is_first else ""
            marks.append(f'<a href="#s{number}"{name}>[{number}]</a>')
        return f"<sup>{' '.join(marks)}</sup>" if marks else ""

    def may_be_cited(self, source: str, line: int) -> bool:
        if self.library.sources is None:
            return True
        found = wrong_with_source(source, self.library.sources)
        if found:
            self.error(line, *found)
        return found is None

    # Headings

    def draw_heading(self, node: Node) -> str:
        if self.blocks:
            self.error(
                node,
                f'A heading isn\'t allowed in the block "{self.blocks[-1]}".',
                "Move it out, or write it in bold.",
            )
        heading, html = self.read_heading(node)
        self.headings.append(heading)
        tag = f"h{heading.level}"
        return f'<{tag} id="{heading.id}" tabindex="-1">{html}</{tag}>\n'

    def read_heading(self, node: Node) -> tuple[Heading, str]:
        """The heading with its id, and its HTML."""
        line, inline = self.line_of(node), node.children[0]
        self.line = line
        if any(child.type in ("citation", "link") for child in inline.walk()):
            self.error(
                line, "A heading can't have a link or a citation.", "Put it in the text below."
            )
        given = take_mark(inline, ID_MARK)
        text = text_of(inline).strip()
        if not text:
            self.error(line, "A heading is empty.", "Write its words, or remove the ##.")
        if given in self.ids | TEMPLATE_IDS:
            self.error(line, f'The id "{given}" is taken.', "Give it another name.")
        heading = Heading(given or self.free_id(text), text, int(node.tag[1]), line)
        self.ids.add(heading.id)
        return heading, self.draw_inline(inline)

    @property
    def item_tag(self) -> str:
        """The heading tag of a block's items: one level below their section."""
        level = self.headings[-1].level if self.headings else 1
        return f"h{min(level + 1, 6)}"

    def free_id(self, text: str) -> str:
        """An id made from ``text`` that nothing else on the page has."""
        base, number = slug(text), 1
        taken = self.ids | TEMPLATE_IDS
        free = base
        while free in taken:
            number += 1
            free = f"{base}-{number}"
        return free

    # Blocks

    def draw_block(self, node: Node) -> str:
        name = node.meta["name"]
        draw = self.components.get(name)
        if draw is None:  # an unknown name, reported when it was parsed
            return self.nodes(node.children)
        self.blocks.append(name)
        html = draw(self, node)
        self.blocks.pop()
        return html


def text_of(node: Node) -> str:
    """The words of ``node``, without marks and citations."""
    if node.type == "text":
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(text_of(child) for child in node.children)


def begins_line(node: Node) -> bool:
    """Whether ``node`` is the first of its line in the file, outside of all marks."""
    before = node.previous_sibling
    is_first = before is None or before.type in ("softbreak", "hardbreak")
    return is_first and node.parent is not None and node.parent.type == "inline"


def types_around(node: Node) -> set[str]:
    found = set()
    while node.parent:
        node = node.parent
        found.add(node.type)
    return found


def take_mark(inline: Node, mark: re.Pattern) -> str | None:
    """Cut ``mark`` off the end of ``inline`` and return what its group holds."""
    last = inline.children[-1].token if inline.children else None
    found = mark.search(last.content) if last and last.type == "text" else None
    if not last or not found:
        return None
    last.content = last.content[: found.start()]
    return found[1]
