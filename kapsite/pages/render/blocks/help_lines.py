"""The crisis lines of ``clinic.yaml`` as cards with large buttons; plain Python."""

from collections.abc import Iterable
from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.clinic.parts import CrisisLine
from kapsite.pages.render.drawings import svg
from kapsite.pages.render.writer import Writer
from kapsite.text.phone_numbers import dialed


def help_now(writer: Writer, block: Node) -> str:
    clinic, heading_id = writer.library.clinic, writer.free_id("help-now")
    if heading_id != "help-now":
        writer.error(block, "A page can have only one help-now card.", "Remove this one.")
    writer.ids.add(heading_id)
    lines = in_order(clinic.crisis_lines if clinic else ())
    tag = writer.item_tag
    cards = "".join(card(line, tag, is_first=line is lines[0]) for line in lines)
    return (
        f'<section class="help-now" aria-labelledby="{heading_id}">\n'
        f'<{tag} class="visually-hidden" id="{heading_id}">'
        f"If you need to talk to someone now</{tag}>\n"
        f'<ul class="lines">\n{cards}</ul>\n</section>\n'
    )


def in_order(lines: Iterable[CrisisLine]) -> list[CrisisLine]:
    """The line with the most ways to reach it comes first, and its buttons are the largest."""
    first = max(lines, key=lambda line: len(ways_of(line)), default=None)
    return sorted(lines, key=lambda line: line is not first)


def card(line: CrisisLine, tag: str, *, is_first: bool) -> str:
    below = f"h{int(tag[1]) + 1}"
    kinds = ["button-urgent" if is_first or line.call == "911" else "button-quiet"]
    buttons = "".join(
        f'<a class="button {kinds.pop() if kinds else "button-quiet"}" href="{escape(href)}">'
        f"{svg('icon', '24 24', f'icons.svg#{name}')}{escape(words)}</a>\n"
        for name, href, words in ways_of(line)
    )
    note = f": call {escape(line.call or '')}, {escape(line.call_note)}" if line.call_note else ""
    return (
        f'<li class="line{" line-first" if is_first else ""}">\n'
        f"<{below}>{escape(line.for_whom)}</{below}>\n<p>{escape(line.name)}{note}</p>\n"
        f'<p class="actions">{buttons}</p></li>\n'
    )


def ways_of(line: CrisisLine) -> list[tuple[str, str, str]]:
    """Each way to reach it: its icon, its address and its words."""
    ways = []
    if line.call:
        ways.append(("phone", f"tel:{dialed(line.call)}", f"Call {line.call}"))
    if line.text:
        word = f"{line.text_word} to " if line.text_word else ""
        ways.append(("text", f"sms:{dialed(line.text, as_text=True)}", f"Text {word}{line.text}"))
    if line.chat:
        ways.append(("chat", line.chat, "Chat online"))
    return ways
