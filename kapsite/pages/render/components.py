"""The HTML of each named block. Blocks made from data files have their own modules."""

from collections.abc import Callable, Mapping
from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.syntax.nodes import text_of
from kapsite.text.phone_numbers import dialed

from .badges import evidence, status
from .charts import chart
from .clinic import clinic_facts, team
from .items import items
from .lists import glossary, sources
from .timeline import timeline
from .writer import Writer


def key_facts(writer: Writer, block: Node) -> str:
    lists = [node for node in block.children if node.type == "bullet_list"]
    facts = []
    for item in (item for part in lists for item in part.children):
        fact = key_fact(writer, item)
        if fact is None:
            writer.error(item, "This isn't a key fact.", "Write - **Label:** text.")
        else:
            facts.append(fact)
    if len(lists) != 1 or len(block.children) != 1:
        writer.error(
            block,
            'The block "key-facts" takes a single list and nothing else.',
            "Write lines like - **Label:** text.",
        )
    return f'<dl class="key-facts">\n{"".join(facts)}</dl>\n'


def key_fact(writer: Writer, item: Node) -> str | None:
    """One fact, or None when it does not read ``**Label:** text``."""
    if len(item.children) != 1 or item.children[0].type != "paragraph":
        return None
    inline = item.children[0].children[0]
    parts = [n for n in inline.children if n.type != "text" or n.content]
    if not parts or parts[0].type != "strong" or not text_of(parts[0]).rstrip().endswith(":"):
        return None
    writer.line = writer.line_of(inline)
    label = writer.nodes(parts[0].children).strip().removesuffix(":")
    text = writer.nodes(parts[1:]).strip() + writer.mark()
    return f"<div><dt>{label}</dt>\n<dd>{text}</dd></div>\n"


def steps(writer: Writer, block: Node) -> str:
    tag = writer.item_tag
    rows = [
        f'<li>\n<{tag} id="{heading.id}">{html}</{tag}>\n{writer.nodes(rest)}</li>\n'
        for heading, html, _, rest in items(writer, block)
    ]
    return f'<ol class="steps">\n{"".join(rows)}</ol>\n'


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
    tag, lines = writer.item_tag, int(block.meta["attributes"].get("lines", "2"))
    blank = "<span></span>\n" * lines
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


def help_now(writer: Writer, block: Node) -> str:
    clinic, tag = writer.library.clinic, writer.item_tag
    heading_id = writer.free_id("help-now")
    if heading_id != "help-now":
        writer.error(block, "A page can have only one help-now card.", "Remove this one.")
    writer.ids.add(heading_id)
    lines = clinic.crisis_lines if clinic else ()
    rows = "".join(f"<li>{crisis_line(line)}</li>\n" for line in lines)
    return (
        f'<section class="help-now" aria-labelledby="{heading_id}">\n'
        f'<{tag} id="{heading_id}">If you need to talk to someone now</{tag}>\n'
        f"<ul>\n{rows}</ul>\n</section>\n"
    )


def crisis_line(line) -> str:
    """No comma or semicolon between the ways: it could end up at the start of a line."""
    ways = []
    if line.call:
        note = f" {escape(line.call_note)}" if line.call_note else ""
        ways.append(f'<a href="tel:{dialed(line.call)}">Call {escape(line.call)}</a>{note}')
    if line.text:
        word = f"{escape(line.text_word)} to " if line.text_word else ""
        href = f"sms:{dialed(line.text, as_text=True)}"
        ways.append(f'<a href="{href}">Text {word}{escape(line.text)}</a>')
    if line.chat:
        ways.append(f'<a href="{escape(line.chat)}">Chat online</a>')
    first, *others = ways
    shown = "".join([f"<span>{first}</span>", *(f" <span>or {way}</span>" for way in others)])
    return (
        f"<strong>{escape(line.for_whom)}</strong><br>\n"
        f'{escape(line.name)}\n<span class="ways">{shown}</span>'
    )


def action(writer: Writer, block: Node) -> str:
    clinic = writer.library.clinic
    phone = (
        f'<span>or call <a class="phone" href="tel:{clinic.phone.number}">'
        f"{clinic.phone.display}</a></span>\n"
        if clinic
        else ""
    )
    return (
        f'<div class="action">\n{writer.nodes(block.children)}<p class="actions">'
        '<a class="button" href="/request-evaluation/">Ask for an evaluation</a>\n'
        f"{phone}</p>\n</div>\n"
    )


COMPONENTS: Mapping[str, Callable[[Writer, Node], str]] = {
    "key-facts": key_facts,
    "timeline": timeline,
    "steps": steps,
    "questions": questions,
    "worksheet": worksheet,
    "note": note,
    "care": care,
    "help-now": help_now,
    "action": action,
    "status": status,
    "evidence": evidence,
    "chart": chart,
    "sources": sources,
    "glossary": glossary,
    "clinic-facts": clinic_facts,
    "team": team,
}
