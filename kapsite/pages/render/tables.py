"""Tables as HTML; plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.syntax.nodes import text_of

if TYPE_CHECKING:
    from .writer import Writer

STACKED_COLUMNS = 3  # from so many on, a phone shows the rows of a table one below the other


def draw_table(writer: Writer, node: Node) -> str:
    """A table in a region that keyboards can scroll, named after its section."""
    section = writer.headings[-1].text if writer.headings else "this page"
    writer.tables[section] = count = writer.tables.get(section, 0) + 1
    label = f"Table{f' {count}' if count > 1 else ''}: {section}"
    head, *body = node.children
    check_table(writer, node, head.children[0], bool(body))
    columns = [text_of(cell).strip() for cell in head.children[0].children]
    stacks = len(columns) >= STACKED_COLUMNS
    with writer.citations.marked_once():
        rows = "".join(table_row(writer, row, ["col"] * len(row.children)) for row in head.children)
        html = f"<thead>\n{rows}</thead>\n"
        if body:
            labels = columns if stacks else []
            rows = "".join(table_row(writer, row, ["row"], labels) for row in body[0].children)
            html += f"<tbody>\n{rows}</tbody>\n"
    return writer.citations.marked(
        f'<section class="table-wrap{" stacks" if stacks else ""}" tabindex="0" '
        f'aria-label="{escape(label)}">\n<table>\n{html}</table>\n</section>\n'
    )


def check_table(writer: Writer, table: Node, first_row: Node, has_body: bool):
    names = [text_of(cell).strip() for cell in first_row.children]
    if not all(names[1:]) or names == [""]:
        writer.error(table, "A column of the table has no name.", "Write it in the first row.")
    if not has_body:
        writer.error(
            table,
            "The table has only its first row.",
            "Write the others below the line | --- | --- |.",
        )


def table_row(writer: Writer, row: Node, scopes: list[str], labels: Sequence[str] = ()) -> str:
    """A row whose first cells are headings of these scopes; the others carry the labels."""
    cells = []
    for index, cell in enumerate(row.children):
        scope = f' scope="{scopes[index]}"' if index < len(scopes) else ""
        align = str(cell.attrs.get("style", "")).removeprefix("text-align:")
        style = f' class="align-{align}"' if align else ""
        text = writer.nodes(cell.children)
        tag = "th" if scope and text else "td"
        label = f' data-label="{escape(labels[index])}"' if labels and tag == "td" else ""
        cells.append(f"<{tag}{scope if text else ''}{style}{label}>{text}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>\n"
