"""A timeline: dated events in order; plain Python."""

import re
from calendar import month_name

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.render.writer import Writer
from kapsite.pages.syntax.nodes import take_mark

from .items import items

MONTHS = list(month_name)[1:]
WHEN = re.compile(rf"(?:({'|'.join(MONTHS)}) (?:(\d\d?), )?)?\b([12]\d{{3}})(?!\d| BCE)")
ANCIENT = re.compile(r"\b(\d[\d,]*) ?BCE?\b")
CORE_MARK = re.compile(r"\s*\{(core)\}\s*$")


def timeline(writer: Writer, block: Node) -> str:
    """Items like ``### 1962: Ketamine is made``; ``{core}`` at the end marks a main event."""
    tag, events = writer.item_tag, []
    before, date_before = "", tuple[int, ...]()
    headings = [node for node in block.children if node.type == "heading"]
    core = [node for node in headings if take_mark(node.children[0], CORE_MARK)]
    for heading, html, node, rest in items(writer, block):
        when, colon, title = html.partition(": ")
        if not colon:
            writer.error(
                heading.line, "An event has no date.", "Write it like ### 1962: Ketamine is made."
            )
        date = date_in(when)
        if date and date < date_before[: len(date)]:
            writer.error(
                heading.line,
                f'"{when}" comes after "{before}".',
                "List the events in order, oldest first.",
            )
        before, date_before = (when, date) if date else (before, date_before)
        mark = ' class="core"' if node in core else ""
        events.append(
            f'<li{mark}>\n<p class="when">{time_of(when)}</p>\n'
            f'<{tag} id="{heading.id}">{title or when}</{tag}>\n{writer.nodes(rest)}</li>\n'
        )
    return f'<ol class="timeline">\n{"".join(events)}</ol>\n'


def date_in(when: str) -> tuple[int, ...]:
    """The year, and month and day as far as they are named; nothing when no year is."""
    if found := ANCIENT.search(when):
        return (-int(found[1].replace(",", "")),)
    if not (found := WHEN.search(when)):
        return ()
    month, day, year = found.groups()
    named = (int(year), MONTHS.index(month) + 1 if month else 0, int(day or 0))
    return tuple(part for part in named if part)


def time_of(when: str) -> str:
    """``when`` as a time that machines can read, as far as HTML has a form for it."""
    found = WHEN.search(when)
    if not found:
        return when
    month, day, year = found.groups()
    stamp = year
    if month:
        stamp += f"-{MONTHS.index(month) + 1:02}" + (f"-{int(day):02}" if day else "")
    return f'<time datetime="{stamp}">{when}</time>'
