"""Questions about the nodes of a page's tree; plain Python."""

import re

from markdown_it.tree import SyntaxTreeNode as Node


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
