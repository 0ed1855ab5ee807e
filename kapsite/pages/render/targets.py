"""Links and images as HTML; plain Python."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.syntax.leftovers import leftovers
from kapsite.pages.syntax.nodes import text_of

from .images import Flaw, Picture, image_tag, is_file_name
from .library import Target

if TYPE_CHECKING:
    from .writer import Writer


def draw_link(writer: Writer, node: Node) -> str:
    address = str(node.attrs["href"])
    writer.links.append(Target(address, writer.line))
    text = writer.nodes(node.children)
    if not text.strip():
        writer.error(writer.line, "A link has no text.", "Write [the text](/its-page/).")
    refuse_title(writer, node, f"[{text_of(node)}]({address})")
    return f'<a href="{escape(address)}">{text}</a>'


def draw_image(writer: Writer, node: Node) -> str:
    address, alternative = str(node.attrs["src"]), text_of(node).strip()
    refuse_title(writer, node, f"![{alternative or '…'}]({address})")
    check_alternative(writer, alternative, address)
    found = show_image(writer, address)
    if isinstance(found, Flaw):
        writer.error(writer.line, *found)
        return ""
    return image_tag(found, alternative, is_first=len(writer.images) == 1)


def show_image(writer: Writer, address: str) -> Picture | Flaw:
    """The image at ``address``, which is then published with the page."""
    writer.images.append(Target(address, writer.line))
    return writer.library.image(address)


def check_alternative(writer: Writer, alternative: str, address: str) -> None:
    for slip in leftovers(alternative, {"image"}, starts_a_line=False):
        writer.error(writer.line, *slip)
    if not alternative:
        message, fix = "An image has no alternative text.", "Write ![what it shows](address)."
        writer.error(writer.line, message, fix)
    elif is_file_name(alternative, address):
        message = (
            f'"{alternative}" is the name of a file: it says nothing to people who can\'t see.'
        )
        writer.error(writer.line, message, f"Write ![what it shows]({address}).")


def refuse_title(writer: Writer, node: Node, without: str) -> None:
    if title := node.attrs.get("title"):
        writer.error(writer.line, f'"{title}" wouldn\'t be shown.', f"Write {without}")
