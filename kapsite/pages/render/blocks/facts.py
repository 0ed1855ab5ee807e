"""Lists of facts, each with a label; plain Python."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.render.drawings import icon
from kapsite.pages.render.writer import Writer
from kapsite.pages.syntax.nodes import take_mark, text_of

ICON = re.compile(r"\s*\{([a-z-]+)\}\s*:\s*$")


class Fact(NamedTuple):
    """Its parts as HTML."""

    label: str
    text: str


def facts_in(writer: Writer, block: Node, nodes: Sequence[Node]) -> list[Fact]:
    """The facts of ``nodes``, which are to be a single list."""
    facts = []
    lists = [node for node in nodes if node.type == "bullet_list"]
    for item in (item for part in lists for item in part.children):
        if fact := fact_in(writer, item):
            facts.append(fact)
        else:
            writer.error(item, "This isn't a key fact.", "Write - **Label:** text.")
    if len(lists) != 1 or len(nodes) != 1:
        writer.error(
            nodes[0] if nodes else block,
            f'The block "{block.meta["name"]}" takes a single list and nothing else.',
            "Write lines like - **Label:** text.",
        )
    return facts


def fact_in(writer: Writer, item: Node) -> Fact | None:
    """One fact, or None when it isn't ``**Label:** text``, or ``**Label {clock}:** text``."""
    if len(item.children) != 1 or item.children[0].type != "paragraph":
        return None
    inline = item.children[0].children[0]
    parts = [n for n in inline.children if n.type != "text" or n.content]
    if not parts or parts[0].type != "strong":
        return None
    name = take_mark(parts[0], ICON)
    if not name and not text_of(parts[0]).rstrip().endswith(":"):
        return None
    writer.line = writer.line_of(inline)
    label = writer.nodes(parts[0].children).strip().removesuffix(":")
    if name:
        label = f"{icon(writer, name, writer.line)}<span>{label}</span>"
    return Fact(label, writer.nodes(parts[1:]).strip() + writer.citations.mark())
