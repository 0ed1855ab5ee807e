"""The HTML of each named block."""

import re
from calendar import month_name
from collections.abc import Callable, Iterator, Mapping
from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.schema import Source
from kapsite.pages.writer import Heading, Writer, take_mark, text_of

MONTHS = list(month_name)[1:]
WHEN = re.compile(rf"(?:({'|'.join(MONTHS)}) (?:(\d\d?), )?)?\b([12]\d{{3}})(?!\d| BCE)")
CORE_MARK = re.compile(r"\s*\{(core)\}\s*$")


def items(writer: Writer, block: Node) -> Iterator[tuple[Heading, str, Node, list[Node]]]:
    """Each item of the block: its heading and that as HTML, its node, and what follows it."""
    found: list[tuple[Node, list[Node]]] = []
    for node in block.children:
        if node.type == "heading":
            found.append((node, []))
        elif found:
            found[-1][1].append(node)
        else:
            writer.report.error(
                writer.line_of(node),
                f'This text stands before the first item of "{block.meta["name"]}".',
                "Begin each item with a line ### and its heading.",
            )
    if not found:
        writer.report.error(
            writer.line_of(block),
            f'The block "{block.meta["name"]}" has no items.',
            "Begin each item with a line ### and its heading.",
        )
    for node, rest in found:
        if node.tag != "h3":
            writer.report.error(
                writer.line_of(node), "An item must begin with ###.", "Write three # signs."
            )
        heading, html = writer.read_heading(node)
        yield heading, html, node, rest


def item_tag(writer: Writer) -> str:
    """The heading level of items: one below the section they stand in."""
    level = writer.headings[-1].level if writer.headings else 1
    return f"h{min(level + 1, 6)}"


def key_facts(writer: Writer, block: Node) -> str:
    lists = [node for node in block.children if node.type == "bullet_list"]
    facts = []
    for item in (item for part in lists for item in part.children):
        fact = key_fact(writer, item)
        if fact is None:
            writer.report.error(
                writer.line_of(item), "This is not a key fact.", "Write - **Label:** text."
            )
        else:
            facts.append(fact)
    if len(lists) != 1 or len(block.children) != 1:
        writer.report.error(
            writer.line_of(block),
            'The block "key-facts" takes one list and nothing else.',
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
    text = writer.nodes(parts[1:]).strip()
    return f"<div><dt>{label}</dt>\n<dd>{text}</dd></div>\n"


def timeline(writer: Writer, block: Node) -> str:
    """Items like ``### 1962: Ketamine is made``; ``{core}`` at the end marks a main event."""
    tag, events = item_tag(writer), []
    headings = [node for node in block.children if node.type == "heading"]
    core = [node for node in headings if take_mark(node.children[0], CORE_MARK)]
    for heading, html, node, rest in items(writer, block):
        when, colon, title = html.partition(": ")
        if not colon:
            writer.report.error(
                heading.line, "An event has no date.", "Write it like ### 1962: Ketamine is made."
            )
        mark = ' class="core"' if node in core else ""
        events.append(
            f'<li{mark}>\n<p class="when">{time_of(when)}</p>\n'
            f'<{tag} id="{heading.id}">{title or when}</{tag}>\n{writer.nodes(rest)}</li>\n'
        )
    return f'<ol class="timeline">\n{"".join(events)}</ol>\n'


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


def steps(writer: Writer, block: Node) -> str:
    tag = item_tag(writer)
    rows = [
        f'<li>\n<{tag} id="{heading.id}">{html}</{tag}>\n{writer.nodes(rest)}</li>\n'
        for heading, html, _, rest in items(writer, block)
    ]
    return f'<ol class="steps">\n{"".join(rows)}</ol>\n'


def questions(writer: Writer, block: Node) -> str:
    return "".join(
        f'<details class="question" id="{heading.id}">\n<summary>{html}</summary>\n'
        f"{writer.nodes(rest)}</details>\n"
        for heading, html, _, rest in items(writer, block)
    )


def note(writer: Writer, block: Node) -> str:
    return f'<div class="note">\n{writer.nodes(block.children)}</div>\n'


URGENCY = {"urgent": "Act now: ", "soon": "Ask soon: "}


def care(writer: Writer, block: Node) -> str:
    """A care card; how urgent it is stands in words too, for those who do not see the edge."""
    level, tag, cards = block.meta["attributes"].get("level", "soon"), item_tag(writer), []
    for heading, html, _, rest in items(writer, block):
        urgency = f'<span class="visually-hidden">{URGENCY.get(level, "")}</span>'
        cards.append(
            f'<section class="care care-{escape(level)}" aria-labelledby="{heading.id}">\n'
            f'<{tag} id="{heading.id}">{urgency}{html}</{tag}>\n'
            f"{writer.nodes(rest)}</section>\n"
        )
    return "".join(cards)


def help_now(writer: Writer, block: Node) -> str:
    clinic, tag = writer.library.clinic, item_tag(writer)
    heading_id = writer.free_id("help-now")
    if heading_id != "help-now":
        writer.report.error(
            writer.line_of(block), "A page takes one help-now card.", "Remove this one."
        )
    writer.ids.add(heading_id)
    lines = clinic.crisis_lines if clinic else ()
    rows = "".join(f"<li>{crisis_line(line)}</li>\n" for line in lines)
    return (
        f'<section class="help-now" aria-labelledby="{heading_id}">\n'
        f'<{tag} id="{heading_id}">If you need to talk to someone now</{tag}>\n'
        f"<ul>\n{rows}</ul>\n</section>\n"
    )


def crisis_line(line) -> str:
    ways = []
    for way, verb, number, note in (
        ("tel", "Call", line.call, line.call_note),
        ("sms", "Text", line.text, line.text_note),
    ):
        if number:
            digits = re.sub(r"[^+\d]", "", number)
            after = f", {escape(note)}" if note else ""
            ways.append(f'<a href="{way}:{digits}">{verb} {escape(number)}</a>{after}')
    if line.chat:
        ways.append(f'<a href="{escape(line.chat)}">Chat online</a>')
    return (
        f"<strong>{escape(line.for_whom)}</strong><br>\n{escape(line.name)}: {'; or '.join(ways)}"
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


STATUS = {
    "approved": "FDA-approved",
    "off-label": "off-label use",
    "not-approved": "not FDA-approved",
}


def status(writer: Writer, block: Node) -> str:
    medicine = getattr(writer.library.medicines, block.meta["attributes"].get("of", ""), None)
    if medicine is None:
        return ""
    marks = writer.cite(medicine.sources, writer.line_of(block))
    return (
        f'<p class="status status-{medicine.status}"><span><strong>{escape(medicine.name)}: '
        f"{STATUS[medicine.status]}.</strong> {escape(medicine.words)}{marks}</span></p>\n"
    )


GRADES = {  # word and bars out of four; the meanings stand in the fact sheet's table of badges
    "strong": ("Strong evidence", 4),
    "moderate": ("Moderate evidence", 3),
    "early": ("Early evidence", 2),
    "not-enough": ("Not enough evidence", 1),
}
GRADED = {
    "esketamine": "Spravato (esketamine)",
    "ketamine": "Ketamine",
    "kap": "Ketamine with therapy (KAP)",
}


def evidence(writer: Writer, block: Node) -> str:
    """A badge for each of the three things that is graded, and the sources."""
    attributes, line = block.meta["attributes"], writer.line_of(block)
    graded = [(GRADED[key], attributes[key]) for key in GRADED if attributes.get(key) in GRADES]
    if not graded:
        writer.report.error(line, "There is no grade.", 'Write ketamine="early" or kap="early".')
        return ""
    ids = re.findall(r"[^\s,;@]+", attributes.get("sources", ""))
    badges = "".join(badge(name, *GRADES[grade]) for name, grade in graded)
    return (
        f'<div class="evidence">\n<dl>\n{badges}</dl>\n'
        f'<p class="evidence-sources">Sources: {writer.cite(ids, line)}</p>\n</div>\n'
    )


def badge(name: str, words: str, filled: int) -> str:
    bars = "".join(f'<span class="bar{" filled" * (n < filled)}"></span>' for n in range(4))
    return (
        f'<div class="badge"><dt>{name}</dt>\n'
        f'<dd><span class="bars" aria-hidden="true">{bars}</span> {words}</dd></div>\n'
    )


def sources(writer: Writer, block: Node) -> str:
    """All sources, what each shows and which pages cite it."""
    rows = []
    for key, source in (writer.library.sources or {}).items():
        if source.check == "M":
            continue
        writer.ids.add(key)
        pages = ", ".join(
            f'<a href="{path}">{escape(title, quote=False)}</a>'
            for path, title in writer.library.cited_by.get(key, ())
        )
        used = f"<br>\nCited on: {pages}" if pages else ""
        rows.append(f'<li id="{key}">{source_html(source)}{used}</li>\n')
    return f'<ul class="source-list">\n{"".join(rows)}</ul>\n'


def source_html(source: Source) -> str:
    """Who, what, where, when, and in plain words what it shows."""
    title = escape(source.title, quote=False)
    if source.link:
        title = f'<a href="{escape(source.link)}">{title}</a>'
    place = ", ".join(str(part) for part in (source.publisher, source.year) if part)
    parts = [source.authors, title, place]
    sentence = " ".join(
        f"{part if part is title else escape(part, quote=False)}{'' if part.endswith('.') else '.'}"
        for part in parts
        if part
    )
    return f"{sentence}<br>\n{escape(source.shows, quote=False)}"


def glossary(writer: Writer, block: Node) -> str:
    entries = []
    for word, term in sorted(writer.library.glossary.items(), key=lambda item: item[0].lower()):
        entry_id = writer.free_id(word)
        writer.ids.add(entry_id)
        also = f" Also called: {escape(', '.join(term.also), quote=False)}." if term.also else ""
        entries.append(
            f'<div id="{entry_id}"><dt><dfn>{escape(word, quote=False)}</dfn></dt>\n'
            f"<dd>{escape(term.meaning, quote=False)}{also}</dd></div>\n"
        )
    return f'<dl class="glossary">\n{"".join(entries)}</dl>\n'


COMPONENTS: Mapping[str, Callable[[Writer, Node], str]] = {
    "key-facts": key_facts,
    "timeline": timeline,
    "steps": steps,
    "questions": questions,
    "note": note,
    "care": care,
    "help-now": help_now,
    "action": action,
    "status": status,
    "evidence": evidence,
    "sources": sources,
    "glossary": glossary,
}
