"""Charts as HTML around inline SVG, drawn from the files in content/charts/; plain Python.

Text is HTML, so that it wraps and grows with the reader's text size. Each chart has one image
with a name. Its other images repeat the text beside them and are hidden from screen readers.
"""

from collections.abc import Callable, Mapping

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.content_files.problems import did_you_mean
from kapsite.pages.render.blocks.badges import GRADES, bars
from kapsite.pages.render.writer import Writer
from kapsite.pages.syntax.chart_schema import Arm, Chart, Ranges, Shares

from . import svg
from .tables import TABLES, grades, text

IMAGE = "Chart. The numbers are in the table below."
NO_BREAK = "\N{NO-BREAK SPACE}"


def chart(writer: Writer, block: Node) -> str:
    name, line = block.meta["attributes"].get("id"), writer.line_of(block)
    if name is None:
        return ""  # the block reports it
    charts = writer.library.charts
    if name not in charts:
        writer.error(line, f'There is no chart "{name}".', did_you_mean(name, charts))
        return ""
    chart_id, found = f"chart-{name}", charts[name]
    if name in writer.charts:
        writer.error(line, f'This page already shows the chart "{name}".', "Remove one.")
    writer.ids.add(chart_id)
    writer.charts.add(name)
    return figure(writer, found, chart_id, line) if found else ""  # else its file has errors


def figure(writer: Writer, found: Chart, chart_id: str, line: int) -> str:
    """The finding, the image, its basis, its limits and the numbers."""
    tag = writer.item_tag
    body = BODIES[found.kind](writer, found, line)
    return (
        f'<div class="chart">\n<figure aria-labelledby="{chart_id}">\n'
        f'<{tag} id="{chart_id}">{text(found.title)}</{tag}>\n{body}'
        f"<figcaption>{text(found.caption)}{writer.citations.mark()}</figcaption>\n</figure>\n"
        f"{TABLES[found.kind](found)}</div>\n"
    )


def image(index: int, size: str, inside: str) -> str:
    """The SVG of one group. The first is the image of the chart; the heading above it says what it
    shows, so its name says only where the numbers are."""
    label = 'aria-hidden="true"' if index else f'role="img" aria-label="{IMAGE}"'
    return f"<svg {size} {label}>{inside}</svg>\n"


def about(measure: str, time: str | None = None, numbers: str = "") -> str:
    words = text(f"{measure}, {time}" if time else measure)
    return f'<p class="about">{words}{numbers}</p>\n'


def basis(found: Shares | Ranges) -> str:
    """How many people the figures come from, and how strong the evidence is.

    The badge is for all studies of this use, not for the one study shown.
    """
    lines = []
    if isinstance(found, Shares):
        people = f"{found.people_in_all} people in all." if found.people_in_all else ""
        words = " ".join(filter(None, (people, found.people_unknown, found.no_comparison)))
        lines += [text(words)] if words else []
    if found.badge:
        grade, filled = GRADES[found.badge]
        words = grade.lower().replace(" ", NO_BREAK)
        lines.append(f"All studies together: {bars(filled)}{NO_BREAK}{words}")
    shown = "<br>\n".join(lines)
    return f'<p class="basis">{shown}</p>\n' if shown else ""


def hatch(writer: Writer, arm: str | None) -> str:
    """The pattern of hatched bars, at the first of them on the page."""
    if arm != "comparison" or "chart_hatch" in writer.ids:
        return ""
    writer.ids.add("chart_hatch")
    return svg.HATCH


# Figures out of 100


def icons(writer: Writer, found: Shares, line: int) -> str:
    """100 people for each group, with those that did filled."""
    numbers, arms = writer.cite(found.sources, line), ""
    for index, group in enumerate(found.groups):
        crowd = svg.people(group.value, are_drawn="crowd_person" in writer.ids)
        writer.ids.add("crowd_person")
        arms += (
            f'<div class="{group.arm or "counted"}">\n{both_sides(found, group)}'
            f"{image(index, svg.CROWD, crowd)}</div>\n"
        )
    if other := found.other_side:
        arms += (
            f'<div class="other-side">\n<p><b>{text(other.title)}</b></p>\n'
            f"<p>{text(other.text)}{writer.cite(other.sources, line)}</p>\n</div>\n"
        )
    return (
        f'{about(found.measure, found.time, numbers)}<div class="arms">\n{arms}</div>\n'
        f"{basis(found)}"
    )


def both_sides(found: Shares, group: Arm) -> str:
    """Those who did, and those who did not."""
    unsure = ""
    if group.range:
        least, most = group.range
        unsure = f"<br>\nPerhaps as few as {least}, or as many as {most}"
    return (
        f'<p><b class="figure">{group.value}</b> in 100 {text(found.did)}<br>\n'
        f"<b>{text(group.label)}</b>{people_in(group, '<br>')}<br>\n"
        f"<b>{100 - group.value} {text(found.did_not)}</b>{unsure}</p>\n"
    )


def people_in(group: Arm, before: str) -> str:
    return f"{before}\n<span>{group.n} people</span>" if group.n else ""


def strips(writer: Writer, found: Shares, line: int) -> str:
    """A bar for each group, on a track of 100 people."""
    rows, last = [], None
    for index, group in enumerate(found.groups):
        if group.time and group.time != last:
            rows.append(f'<p class="time">{text(group.time)}</p>\n')
        last = group.time
        inside = hatch(writer, group.arm) + svg.TRACK + svg.bar(group.arm, 0, group.value)
        rows.append(
            f"<p><b>{text(group.label)}</b>{people_in(group, '')}"
            f'<b class="value">{group.value} in 100</b></p>\n' + image(index, svg.STRIP, inside)
        )
    return (
        f"{about(found.measure, found.time, writer.cite(found.sources, line))}"
        f'<div class="strips">\n{"".join(rows)}</div>\n{basis(found)}'
    )


# Spans of time


def ranges(writer: Writer, found: Ranges, line: int) -> str:
    """A bar for each span on one scale from zero, and the scale below them."""
    unit, marks = svg.scale_of(max(span.to_hours for span in found.groups))
    end = marks[-1] * svg.HOURS[unit]
    rows = []
    for index, span in enumerate(found.groups):
        start, width = (
            100 * hours / end for hours in (span.from_hours, span.to_hours - span.from_hours)
        )
        inside = hatch(writer, span.arm) + svg.grid(marks) + svg.bar(span.arm, start, width)
        rows.append(
            f"<p><b>{text(span.label)}</b> <span>{text(span.words)}"
            f"{writer.cite(span.sources, line)}</span></p>\n" + image(index, svg.STRIP, inside)
        )
    return (
        f'{about(found.measure)}<div class="strips">\n{"".join(rows)}'
        f'<svg class="scale" {svg.STRIP} aria-hidden="true">{svg.numerals(marks)}</svg>\n'
        f'<p class="unit">{unit}</p>\n</div>\n{basis(found)}'
    )


BODIES: Mapping[str, Callable[..., str]] = {
    "icons": icons, "bars": strips, "ranges": ranges, "grades": grades,
}  # fmt: skip
