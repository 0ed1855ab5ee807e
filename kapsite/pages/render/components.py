"""The HTML of each named block. Blocks made from data files have their own modules."""

from collections.abc import Callable, Mapping
from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.content_files.problems import did_you_mean
from kapsite.pages.render.blocks.badges import evidence, status
from kapsite.pages.render.blocks.clinic import clinic_facts, team
from kapsite.pages.render.blocks.compare import compare
from kapsite.pages.render.blocks.facts import facts_in
from kapsite.pages.render.blocks.help_lines import help_now
from kapsite.pages.render.blocks.items import items
from kapsite.pages.render.blocks.lists import glossary, sources
from kapsite.pages.render.blocks.timeline import timeline
from kapsite.pages.render.charts.chart import chart

from .drawings import drawing, marks_of
from .writer import Writer

LINES = {"1": 1, "2": 2, "3": 3, "4": 4}  # of a worksheet, below each item
TONES = {"good": "sunrise", "hard": "gauge"}  # of a card, and what is drawn on it


def key_facts(writer: Writer, block: Node) -> str:
    facts = "".join(
        f"<div><dt>{fact.label}</dt>\n<dd>{fact.text}</dd></div>\n"
        for fact in facts_in(writer, block, block.children)
    )
    return f'<p class="in-short">In short</p>\n<dl class="key-facts">\n{facts}</dl>\n'


def steps(writer: Writer, block: Node) -> str:
    tag = writer.item_tag
    rows = [
        f'<li>\n<{tag} id="{heading.id}">{html}</{tag}>\n{writer.nodes(rest)}</li>\n'
        for heading, html, _, rest in items(writer, block)
    ]
    return f'<ol class="steps">\n{"".join(rows)}</ol>\n'


def pair(writer: Writer, block: Node) -> str:
    """Two cards of the same size. Their headings may say which side they are on: {good}, {hard}."""
    tag, cards, line = writer.item_tag, [], writer.line_of(block)
    for tone, (heading, html, _, rest) in zip(marks_of(block), items(writer, block), strict=True):
        if tone and tone not in TONES:
            writer.error(heading.line, f'There is no side "{tone}".', did_you_mean(tone, TONES))
        image = drawing(writer, TONES[tone], line) if tone in TONES else ""
        cards.append(
            f'<div class="side-card {escape(tone)}">\n'
            f'<{tag} id="{heading.id}">{image}{html}</{tag}>\n{writer.nodes(rest)}</div>\n'
        )
    if cards and len(cards) != 2:
        writer.error(line, "A pair has two items.", "Begin each with a line ### and its heading.")
    return f'<div class="pair">\n{"".join(cards)}</div>\n'


def day(writer: Writer, block: Node) -> str:
    """The hours of a day, each drawn: ``### Before the medicine: A health check {cuff}``."""
    tag, parts = writer.item_tag, []
    row = " day-row" if block.meta["attributes"].get("shape") == "row" else ""
    for name, (heading, html, _, rest) in zip(marks_of(block), items(writer, block), strict=True):
        when, colon, title = html.rpartition(": ")
        parts.append(
            f"<li>{drawing(writer, name, heading.line)}<div>\n"
            + (f'<p class="when">{when}</p>\n' if colon else "")
            + f'<{tag} id="{heading.id}">{title}</{tag}>\n{writer.nodes(rest)}</div></li>\n'
        )
    return f'<ol class="day{row}">\n{"".join(parts)}</ol>\n'


def picture(writer: Writer, block: Node) -> str:
    """A drawing, and below it the same in words."""
    name, line = block.meta["attributes"].get("of", ""), writer.line_of(block)
    if not block.children:
        writer.error(line, "The picture has no words.", "Say below it what it shows.")
    words = writer.nodes(block.children)
    return f'<div class="picture">\n{drawing(writer, name, line)}<div>\n{words}</div></div>\n'


def questions(writer: Writer, block: Node) -> str:
    rows = []
    for heading, html, _, rest in items(writer, block):
        answer = writer.nodes(rest)
        writer.questions.append((heading.text, answer))
        rows.append(
            f'<details class="question" id="{heading.id}">\n<summary>{html}</summary>\n'
            f"{answer}</details>\n"
        )
    return "".join(rows)


def worksheet(writer: Writer, block: Node) -> str:
    """Items with empty lines to write on once the page is printed; nothing can be typed."""
    tag, lines = writer.item_tag, block.meta["attributes"].get("lines", "2")
    blank = "<span></span>\n" * LINES.get(lines, 2)  # another value was reported when parsed
    rows = [
        f'<li>\n<{tag} id="{heading.id}">{html}</{tag}>\n{writer.nodes(rest)}'
        f'<div class="blank" aria-hidden="true">\n{blank}</div>\n</li>\n'
        for heading, html, _, rest in items(writer, block)
    ]
    return f'<ol class="steps worksheet">\n{"".join(rows)}</ol>\n'


def note(writer: Writer, block: Node) -> str:
    if not block.children:
        writer.error(block, "The note is empty.", "Write it, or remove it.")
    return f'<div class="note">\n{writer.nodes(block.children)}</div>\n'


URGENCY = {"urgent": "Act now: ", "soon": "Ask soon: "}


def care(writer: Writer, block: Node) -> str:
    """Care cards. The urgency is in words too, for readers who can't see the border."""
    level, tag, cards = block.meta["attributes"].get("level", "soon"), writer.item_tag, []
    for heading, html, _, rest in items(writer, block):
        urgency = f'<span class="visually-hidden">{URGENCY.get(level, "")}</span>'
        cards.append(
            f'<section class="care care-{escape(level)}" aria-labelledby="{heading.id}">\n'
            f'<{tag} id="{heading.id}">{urgency}{html}</{tag}>\n'
            f"{writer.nodes(rest)}</section>\n"
        )
    return "".join(cards)


def action(writer: Writer, block: Node) -> str:
    """The way to the form. Steps in it stand beside the button where there is room."""
    clinic = writer.library.clinic
    phone = (
        f'<span>or call <a class="phone" href="tel:{clinic.phone.number}">'
        f"{clinic.phone.display}</a></span>\n"
        if clinic
        else ""
    )
    has_steps = any(node.meta.get("name") == "steps" for node in block.children)
    image = f"<div>{drawing(writer, 'phone', 1)}</div>" if has_steps else ""
    return (
        f'<div class="action">\n{image}<div>{writer.nodes(block.children)}<p class="actions">'
        '<a class="button" href="/request-evaluation/">Ask for an evaluation</a>\n'
        f"{phone}</p>\n</div></div>\n"
    )


COMPONENTS: Mapping[str, Callable[[Writer, Node], str]] = {
    component.__name__.replace("_", "-"): component
    for component in (
        key_facts, compare, timeline, steps, questions, worksheet, note, pair, day, picture, care,
        help_now, action, status, evidence, chart, sources, glossary, clinic_facts, team,
    )
}  # fmt: skip
