"""Headings as HTML; plain Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.syntax.nodes import take_mark, text_of

from .library import Heading

if TYPE_CHECKING:
    from .writer import Writer

ID_MARK = re.compile(r"\s*\{#([a-z][a-z0-9-]*)\}\s*$")


def draw_heading(writer: Writer, node: Node) -> str:
    if writer.blocks:
        message = f'A heading isn\'t allowed in the block "{writer.blocks[-1]}".'
        writer.error(node, message, "Move it out, or write it in bold.")
    heading, html = read_heading(writer, node)
    writer.headings.append(heading)
    tag = f"h{heading.level}"
    return f'<{tag} id="{heading.id}" tabindex="-1">{html}</{tag}>\n'


def read_heading(writer: Writer, node: Node) -> tuple[Heading, str]:
    """The heading with its id, and its HTML."""
    line, inline = writer.line_of(node), node.children[0]
    writer.line = line
    if any(child.type in ("citation", "link") for child in inline.walk()):
        message = "A heading can't have a link or a citation."
        writer.error(line, message, "Put it in the text below.")
    given = take_mark(inline, ID_MARK)
    text = text_of(inline).strip()
    if not text:
        writer.error(line, "A heading is empty.", "Write its words, or remove the ##.")
    if given in writer.taken_ids:
        writer.error(line, f'The id "{given}" is taken.', "Give it another name.")
    heading = Heading(given or writer.free_id(text), text, int(node.tag[1]), line)
    writer.ids.add(heading.id)
    return heading, writer.draw_inline(inline)
