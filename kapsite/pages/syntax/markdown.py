"""The Markdown of this site: an allowed list of CommonMark, plus blocks and citations.

Left out on purpose: code, rules and underlined headings (indented text and a stray ``---``
make them by accident), link definitions (they hide text), raw HTML (known, to be refused).
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from kapsite.content_files.problems import Report

from .blocks import blocks
from .citations import citations

BLOCK_RULES = ["heading", "list", "table", "blockquote", "html_block"]
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


DEEPEST = 20  # levels; beyond twice that, markdown-it would leave text out


def make_parser() -> MarkdownIt:
    md = MarkdownIt("zero", {"html": True, "maxNesting": 2 * DEEPEST})
    md.enable([*BLOCK_RULES, *INLINE_RULES])
    md.block.ruler.at("table", whole_table, {"alt": ["paragraph", "reference"]})
    md.use(blocks).use(citations)
    md.validateLink = lambda url: True  # type: ignore[method-assign] # the link rule says why not
    return md


def whole_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table; rows with too few or too many cells are reported, not filled up or cut."""
    before = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    rows = [token for token in state.tokens[before:] if token.type == "tr_open" and token.map]
    widths = [cells_in(state, row.map[0]) for row in rows if row.map]
    for row, width in zip(rows, widths, strict=True):
        if row.map and width != widths[0]:
            state.env["report"].error(
                state.env["first_line"] + row.map[0],
                f"This row has {width} cells, and the first row has {widths[0]}.",
                "Put one | between cells, and write \\| for a bar in the text.",
            )
    return True


def cells_in(state: StateBlock, line: int) -> int:
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
    return len(escapedSplit(text.removeprefix("|"))) - text.endswith("|")


PARSER = make_parser()


def parse(text: str, report: Report, first_line: int = 1) -> SyntaxTreeNode:
    """The tree of a page's body, whose first line is ``first_line`` of the file."""
    tokens = PARSER.parse(text, {"report": report, "first_line": first_line})
    if deep := next((token for token in tokens if token.level > DEEPEST), None):
        line = first_line + (deep.map[0] if deep.map else 0)
        report.error(line, "Lists, quotes or blocks are nested too deeply.", "Use fewer levels.")
    for line in unindented_lines(tokens, text.split("\n")):
        report.error(
            first_line + line,
            "This line would be part of the list item above it.",
            "Leave an empty line above it, or begin it with two spaces if it belongs there.",
        )
    return SyntaxTreeNode(tokens)


def unindented_lines(tokens: list[Token], lines: list[str]) -> Iterator[int]:
    """Lines that Markdown adds to a list item although they aren't indented below its text."""
    lists = 0
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists -= 1
        elif token.type == "inline" and token.map and lists:
            further = range(token.map[0] + 1, token.map[1])
            yield from (line for line in further if re.match(r"[^\s>]", lines[line]))


def parse_sentence(text: str) -> SyntaxTreeNode:
    """The tree of a text without blocks, such as the lead."""
    return SyntaxTreeNode(PARSER.parseInline(text))
