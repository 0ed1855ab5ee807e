"""The items of a block: each begins with a heading and goes on to the next."""

from collections.abc import Iterator

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.render.headings import read_heading
from kapsite.pages.render.library import Heading
from kapsite.pages.render.writer import Writer


def items(writer: Writer, block: Node) -> Iterator[tuple[Heading, str, Node, list[Node]]]:
    """Each item: its heading, that as HTML, its heading's node, and the nodes after it."""
    name = block.meta["name"]
    found = divide(writer, block)
    if not found:
        message = f'The block "{name}" has no items.'
        writer.error(block, message, "Begin each item with a line ### and its heading.")
    for node, rest in found:
        if node.tag != "h3":
            writer.error(node, "An item must begin with ###.", "Write three # signs.")
        heading, html = read_heading(writer, node)
        if not rest and name not in ("steps", "worksheet"):  # its heading may say it all
            writer.error(heading.line, "This item has no text.", "Write it below its heading.")
        yield heading, html, node, rest


def divide(writer: Writer, block: Node) -> list[tuple[Node, list[Node]]]:
    """The headings in ``block``, each with what follows it."""
    found: list[tuple[Node, list[Node]]] = []
    for node in block.children:
        if node.type == "heading":
            found.append((node, []))
        elif found:
            found[-1][1].append(node)
        else:
            message = f'This text comes before the first item of "{block.meta["name"]}".'
            writer.error(node, message, "Begin each item with a line ### and its heading.")
    return found
