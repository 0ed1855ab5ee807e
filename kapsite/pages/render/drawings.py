"""Drawings and icons, which follow the colors of the page; plain Python.

Their addresses begin with "static:". The template filters put the real one in its place, since
only Django knows it.
"""

import re
from typing import get_args

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.content_files.problems import did_you_mean
from kapsite.pages.syntax.nodes import take_mark
from kapsite.pages.syntax.page_schema import Drawing

from .writer import Writer

NAME = re.compile(r"\s*\{([a-z-]+)\}\s*$")  # after a heading: "### You arrive {door}"
ICONS = (
    "calendar", "car", "clock", "hand", "hourglass", "money", "people", "question", "shield",
    "talk", "warning",
)  # fmt: skip
WIDE = {"dock": "480 270", "phone": "280 200", "room": "560 440", "signpost": "560 315"}


def draw(name: str) -> str:
    return svg("drawing", WIDE.get(name, "96 96"), f"drawings/{name}.svg#d")


def svg(kind: str, box: str, address: str) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {box}" aria-hidden="true">'
        f'<use href="static:img/{address}"/></svg>\n'
    )


def drawing(writer: Writer, name: str, line: int) -> str:
    known = get_args(Drawing)
    if name not in known:
        writer.error(line, f'There is no drawing "{name}".', did_you_mean(name, known))
    return draw(name)


def icon(writer: Writer, name: str, line: int) -> str:
    if name not in ICONS:
        writer.error(line, f'There is no icon "{name}".', did_you_mean(name, ICONS))
    return svg("icon", "24 24", f"icons.svg#{name}")


def marks_of(block: Node) -> list[str]:
    """What stands in braces after each heading in ``block``; "" where nothing does."""
    headings = (node.children[0] for node in block.children if node.type == "heading")
    return [take_mark(inline, NAME) or "" for inline in headings]
