"""Writes the HTML of one page, node by node, and collects what else is known about it."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.content_files.problems import Report
from kapsite.pages.syntax.citations import wrong_with_source
from kapsite.pages.syntax.leftovers import leftovers
from kapsite.pages.syntax.nodes import begins_line, text_of, types_around
from kapsite.pages.syntax.slugs import slug

from . import headings, tables, targets
from .library import Heading, Library, Target
from .source_marks import Citations

TAGS = {
    "list_item": "li",
    "blockquote": "blockquote",
    "strong": "strong",
    "em": "em",
}
TEMPLATE_IDS = {"main", "sources", "people", "guide"}  # taken by the page's template
ENDS = (".", "!", "?")  # of a sentence
NO_TERMS = {"heading", "link", "th", "strong", "em"}  # no links to the glossary in these


class Writer:
    """One page. ``components`` draws the named blocks."""

    def __init__(self, library: Library, report: Report, components: Mapping[str, Callable]):
        self.library = library
        self.report = report
        self.components = components
        self.first_line = 1  # of the text being written, in the file
        self.line = 1  # of the paragraph being written
        self.headings: list[Heading] = []
        self.citations = Citations(library.sources)
        self.links: list[Target] = []
        self.images: list[Target] = []
        self.ids: set[str] = set()
        self.tables: dict[str, int] = {}
        self.questions: list[tuple[str, str]] = []  # each with its answer as HTML
        self.charts: set[str] = set()
        self.grades: dict[str, dict[str, str]] = {}  # id of a section, or "" -> its badges
        self.linked: dict[str, str] = {}  # term -> address of its entry
        self.blocks: list[str] = []  # names of the blocks around this place

    # Nodes, each kind by a method of its name; the longer ones have modules

    draw_heading = headings.draw_heading
    draw_image = targets.draw_image
    draw_link = targets.draw_link
    draw_table = tables.draw_table

    def nodes(self, nodes: Iterable[Node]) -> str:
        return "".join(self.node(node) for node in nodes)

    def node(self, node: Node) -> str:
        if tag := TAGS.get(node.type):
            content = self.nodes(node.children)
            if not content.strip():
                self.error(node, "There is an empty element here.", "Remove its mark.")
            html = f"<{tag}>{content}</{tag}>"
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
        if node.hidden:
            return text + self.citations.mark()
        is_link = [part.type for part in node.children[0].children] == ["link"]
        start = '<p class="go">' if is_link else "<p>"
        return self.citations.marked(f"{start}{text}</p>\n")

    def draw_bullet_list(self, node: Node) -> str:
        return self.draw_list(node, "<ul>", "</ul>")

    def draw_ordered_list(self, node: Node) -> str:
        start = node.attrs.get("start")
        return self.draw_list(node, f'<ol start="{start}">' if start else "<ol>", "</ol>")

    def draw_list(self, node: Node, before: str, after: str) -> str:
        """Each item has its mark, unless the items are no sentences: then the list has one."""
        is_of_words = not any(text_of(item).rstrip().endswith(ENDS) for item in node.children)
        with self.citations.marked_once() if is_of_words else nullcontext():
            html = f"{before}{self.nodes(node.children)}{after}\n"
        return self.citations.marked(html)

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
        fix = "Use Markdown or a block (docs/editing.md)."
        self.error(line, f"HTML isn't allowed here: {tag}", fix)

    # Citations

    def draw_citation(self, node: Node) -> str:
        numbers = self.cite(node.meta["ids"], self.line)
        self.line += node.content.count("\n")
        return numbers

    def cite(self, ids: Iterable[str], line: int) -> str:
        """The numbers of those of these sources that may be cited."""
        return self.citations.cite([each for each in ids if self.may_be_cited(each, line)])

    def may_be_cited(self, source: str, line: int) -> bool:
        if self.library.sources is None:
            return True
        found = wrong_with_source(source, self.library.sources)
        if found:
            self.error(line, *found)
        return found is None

    # Headings and ids

    @property
    def item_tag(self) -> str:
        """The heading tag of a block's items: one level below their section."""
        level = self.headings[-1].level if self.headings else 1
        return f"h{min(level + 1, 6)}"

    @property
    def taken_ids(self) -> set[str]:
        return self.ids | TEMPLATE_IDS | {f"chart-{name}" for name in self.library.charts}

    def free_id(self, text: str) -> str:
        """An id made from ``text`` that nothing else on the page has."""
        base, number = slug(text), 1
        taken, free = self.taken_ids, base
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
