"""The shapes of charts as SVG. The style sheets set their colors."""

import math

DOTS = 'viewBox="0 0 100 100" width="150" height="150"'
STRIP = 'width="100%" height="20"'  # no view box: what is in it stretches, its hatching does not
HATCH = (
    '<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M2 0v7" stroke="currentColor" stroke-width="4"/>'
    "</pattern>"
)
TRACK = '<rect class="track" width="100%" height="100%" fill="none"/>'
HOURS = {"weeks": 7 * 24, "days": 24, "hours": 1}


def dots(value: int) -> str:
    """100 rings in ten rows, ``value`` of them filled.

    The dots are dashes without length and with round ends. A row goes on a little behind its
    last dot, so that no rounding drops it.
    """
    row, back = "h91", "m-91 10"
    full, rest = divmod(value, 10)
    rows = [row] * full + ([f"h{10 * rest - 9}"] if rest else [])
    every, filled = back.join([row] * 10), back.join(rows)
    return (
        '<g class="dots" fill="none" stroke="currentColor" stroke-width="8" '
        'stroke-linecap="round" stroke-dasharray="0 10">'
        f'<path class="ring" d="M5 5{every}"/>'
        f'<path class="hole" stroke="#fff" stroke-width="5.5" d="M5 5{every}"/>'
        f'<path d="M5 5{filled}"/></g>'
    )


def bar(arm: str, start: float, width: float) -> str:
    """A bar on a strip, in percent of its width; hatched when it is there to compare with."""
    fill = ' fill="url(#hatch)"' if arm == "comparison" else ""
    place = f' x="{start:.4g}%"' if start else ""
    return f'<rect class="{arm}"{place} width="{width:.4g}%" height="100%"{fill}/>'


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
