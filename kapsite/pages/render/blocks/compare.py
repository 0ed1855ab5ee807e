"""Options compared by the same facts; plain Python."""

from collections.abc import Sequence
from html import escape, unescape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.render.library import Heading
from kapsite.pages.render.writer import Writer

from .facts import Fact, facts_in
from .items import items


def compare(writer: Writer, block: Node) -> str:
    """A table with an option in each row. Readers can mark a fact, which colors its column.

    That is all a mark does: the boxes have no name and are in no form.
    """
    with writer.citations.marked_once():
        options = [
            (heading, html, facts_in(writer, block, rest))
            for heading, html, _, rest in items(writer, block)
        ]
    labels = [fact.label for fact in options[0][2]] if options else []
    check_labels(writer, block, [(heading, facts) for heading, _, facts in options], labels)
    head = "".join(f'<th scope="col">{label}</th>' for label in labels)
    rows = "".join(
        f'<tbody>\n<tr><th scope="rowgroup" colspan="{len(labels)}" id="{heading.id}">{html}</th>'
        f"</tr>\n<tr>{''.join(map(cell, facts))}</tr>\n</tbody>\n"
        for heading, html, facts in options
    )
    table = f"<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n{rows}</table>\n"
    marked = writer.citations.marked(table)
    return f'<div class="compare">\n{choices(labels[1:])}{marked}</div>\n'


def check_labels(
    writer: Writer, block: Node, options: list[tuple[Heading, list[Fact]]], labels: list[str]
) -> None:
    if any("<" in fact.label for _, facts in options for fact in facts):
        message = "A label in a comparison is plain text."
        writer.error(block, message, "Write - **Label:** text, with no icon.")
    for heading, facts in options:
        if [fact.label for fact in facts] != labels:
            message = f'"{heading.text}" has other facts than the first option.'
            fix = f"Write these, in this order: {', '.join(labels)}."
            writer.error(heading.line, message, fix)


def cell(fact: Fact) -> str:
    return f'<td data-label="{escape(unescape(fact.label))}">{fact.text}</td>'


def choices(labels: Sequence[str]) -> str:
    """A box for each column but the first, which says what an option is."""
    boxes = "".join(f'<label><input type="checkbox"> {label}</label>\n' for label in labels)
    return (
        '<fieldset class="wants">\n<legend>What matters most to you?</legend>\n'
        "<p>Mark what you like. It colors those answers here and on paper, and nothing is stored "
        f"or sent.</p>\n<div>\n{boxes}</div>\n</fieldset>\n"
    )
