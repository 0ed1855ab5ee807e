"""The shapes of charts as SVG. The style sheets set their colors."""

import math

# The underscore in ids is on purpose: no heading of a page gets an id with one.
CROWD = 'class="crowd" viewBox="0 0 240 260"'
PEOPLE = (
    '<defs><g id="crowd_person"><circle cx="12" cy="6.5" r="4"/>'
    '<path d="M4.5 23v-3.5a7.5 7 0 0 1 15 0V23z"/></g><g id="crowd_row">'
    + "".join(f'<use href="#crowd_person" x="{24 * column}"/>' for column in range(10))
    + "</g></defs>"
)
STRIP = 'width="100%" height="20"'  # no view box: what is in it stretches, its hatching does not
HATCH = (
    '<pattern id="chart_hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M2 0v7" stroke="currentColor" stroke-width="4"/>'
    "</pattern>"
)
TRACK = '<rect class="track" width="100%" height="100%" fill="none"/>'
HOURS = {"weeks": 7 * 24, "days": 24, "hours": 1}


def people(value: int, *, are_drawn: bool) -> str:
    """100 people in ten rows, ``value`` of them filled. The first use on a page draws them."""
    full, rest = divmod(value, 10)
    rows = "".join(row(n, "helped") for n in range(full))
    rows += "".join(person(n, full, "helped" if n < rest else "hollow") for n in range(10) if rest)
    rows += "".join(row(n, "hollow") for n in range(full + bool(rest), 10))
    return ("" if are_drawn else PEOPLE) + rows


def row(number: int, kind: str) -> str:
    return f'<use href="#crowd_row" y="{26 * number}" class="{kind}"/>'


def person(column: int, number: int, kind: str) -> str:
    return f'<use href="#crowd_person" x="{24 * column}" y="{26 * number}" class="{kind}"/>'


def bar(arm: str | None, start: float, width: float) -> str:
    """A bar on a strip, in percent of its width; hatched when it is there to compare with."""
    fill = ' fill="url(#chart_hatch)"' if arm == "comparison" else ""
    place = f' x="{start:.4g}%"' if start else ""
    return f'<rect class="{arm or "counted"}"{place} width="{width:.4g}%" height="100%"{fill}/>'


def scale_of(hours: float) -> tuple[str, list[int]]:
    """The unit in which a scale up to ``hours`` counts, and its marks: two to six."""
    unit = next(name for name, length in HOURS.items() if hours >= 2 * length or length == 1)
    count = math.ceil(hours / HOURS[unit])
    step = math.ceil(count / 5)
    return unit, list(range(0, count + step, step))


def grid(marks: list[int]) -> str:
    """A line on a strip for each mark between the first and the last."""
    return "".join(
        f'<rect class="grid" x="{100 * mark / marks[-1]:.4g}%" width="1" height="100%"/>'
        for mark in marks[1:-1]
    )


def numerals(marks: list[int]) -> str:
    anchors = ["start", *["middle"] * (len(marks) - 2), "end"]
    return "".join(
        f'<text x="{100 * mark / marks[-1]:.4g}%" y="1em" text-anchor="{anchor}">{mark}</text>'
        for mark, anchor in zip(marks, anchors, strict=True)
    )
