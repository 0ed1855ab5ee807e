"""The tables of charts: their numbers, or evidence badges; plain Python."""

from collections.abc import Callable, Iterable, Mapping
from html import escape

from kapsite.pages.render.blocks.badges import GRADES, bars
from kapsite.pages.render.library import Target
from kapsite.pages.render.writer import Writer
from kapsite.pages.syntax.chart_schema import Chart, Grades, Ranges, Shares


def text(words: str) -> str:
    return escape(words, quote=False)


def shares_table(found: Shares) -> str:
    """Only the columns that have something in them."""
    columns: list[tuple[str, list[str]]] = [
        ("Group", [f"{g.label}, {g.time}" if g.time else g.label for g in found.groups]),
        (f"How many of 100 {found.did}", [str(group.value) for group in found.groups]),
        (f"How many of 100 {found.did_not}", [str(100 - group.value) for group in found.groups]),
        ("Range", [" to ".join(map(str, group.range or ())) for group in found.groups]),
        ("People", [str(group.n or "") for group in found.groups]),
    ]
    used = [(name, cells) for name, cells in columns if any(cells)]
    rows = list(zip(*(cells for _, cells in used), strict=True))
    caption = f"{found.measure}, {found.time}" if found.time else found.measure
    return numbers(found, caption, [name for name, _ in used], rows)


def ranges_table(found: Ranges) -> str:
    rows = [(span.label, span.words) for span in found.groups]
    return numbers(found, found.measure, ["What", "When"], rows)


def numbers(found: Chart, caption: str, columns: list[str], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{text(first)}</th>'
        f"{''.join(f'<td>{text(cell)}</td>' for cell in rest)}</tr>\n"
        for first, *rest in rows
    )
    inside = f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{body}</tbody>\n"
    return (
        "<details>\n<summary>The numbers in a table</summary>\n"
        f"{table(found, caption, inside)}</details>\n"
    )


def table(found: Chart, caption: str, inside: str) -> str:
    """In a region that keyboards can scroll, like the tables of the text."""
    return (
        f'<section class="table-wrap" tabindex="0" aria-label="Table: {escape(found.title)}">\n'
        f"<table>\n<caption>{text(caption)}</caption>\n{inside}</table>\n</section>\n"
    )


def grades(writer: Writer, found: Grades, line: int) -> str:
    """A table with badges for cells: the picture and the numbers in one."""
    rows = []
    for condition in found.groups:
        writer.links.append(Target(condition.link, line))
        shown = condition.grades
        kap = badge(shown.pop("kap")) if "kap" in shown else "–"
        medicines = "\n".join(
            f"<span>{SHORT[name]}</span> {badge(grade)}" for name, grade in shown.items()
        )
        rows.append(
            f'<tr><th scope="row"><a href="{condition.link}">{text(condition.label)}</a></th>'
            f"<td>{medicines}</td><td>{kap}</td></tr>\n"
        )
    inside = (
        '<thead>\n<tr><th scope="col">Condition</th><th scope="col">Medicine alone</th>'
        '<th scope="col">With therapy (KAP)</th></tr>\n</thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody>\n"
    )
    return table(found, found.measure, inside)


SHORT = {"esketamine": "Spravato", "ketamine": "Ketamine"}


def badge(grade: str) -> str:
    words, filled = GRADES[grade]
    return f'<span class="grade">{bars(filled)} {words.removesuffix(" evidence")}</span>'


TABLES: Mapping[str, Callable[..., str]] = {
    "icons": shares_table,
    "bars": shares_table,
    "ranges": ranges_table,
    "grades": lambda found: "",
}
