"""The Markdown of this site: an allowed list of CommonMark, plus blocks and citations.

Left out on purpose: code and underlined headings (indented text and a stray ``---`` make
them by accident), link definitions (they hide text), raw HTML (recognised to be refused).
"""

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from kapsite.pages.blocks import blocks
from kapsite.pages.citations import citations
from kapsite.problems import Report

BLOCK_RULES = ["heading", "list", "table", "blockquote", "hr", "html_block"]
INLINE_RULES = [
    "emphasis",
    "link",
    "image",
    "autolink",
    "newline",
    "escape",
    "entity",
    "html_inline",
]


def make_parser() -> MarkdownIt:
    md = MarkdownIt("zero", {"html": True, "maxNesting": 40})
    md.enable([*BLOCK_RULES, *INLINE_RULES])
    md.use(blocks).use(citations)
    md.validateLink = lambda url: True  # type: ignore[method-assign] # the link rule says why not
    return md


PARSER = make_parser()


def parse(text: str, report: Report, first_line: int = 1) -> SyntaxTreeNode:
    """The tree of a page's body, whose first line is ``first_line`` of the file."""
    return SyntaxTreeNode(PARSER.parse(text, {"report": report, "first_line": first_line}))


def parse_sentence(text: str) -> SyntaxTreeNode:
    """The tree of a text without blocks, such as the lead."""
    return SyntaxTreeNode(PARSER.parseInline(text))
