"""The few shapes of the overview, as SVG. Their colors stand in the style sheet.

Lengths across are in percent, so that a chart is as wide as its column; words stand beside it.
"""

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

HEIGHT = 140  # pixels
GAP = 0.3  # of a column


def strip(part: float) -> SafeString:
    """A bar of ``part`` of the width."""
    width = f"{100 * part:.4g}%"
    return mark_safe(  # noqa: S308 -- numbers only
        '<svg class="strip" width="100%" height="16" aria-hidden="true">'
        f'<rect class="filled" width="{width}" height="16"/></svg>'
    )


def columns(name: str, title: str, layers: Sequence[Sequence[tuple[float, str]]]) -> SafeString:
    """Columns beside each other, and behind one another in each place: (part of height, class)."""
    count = len(layers)
    shapes = "".join(
        column(place, count, part, kind, inset)
        for place, parts in enumerate(layers)
        for inset, (part, kind) in enumerate(parts)
        if part
    )
    return mark_safe(  # noqa: S308 -- the title is escaped, the rest is numbers
        f'<svg class="columns" width="100%" height="{HEIGHT}" role="img" '
        f'aria-labelledby="{name}"><title id="{name}">{escape(title)}</title>'
        f'<rect class="base" y="{HEIGHT - 1}" width="100%" height="1"/>{shapes}</svg>'
    )


def column(place: int, count: int, part: float, kind: str, inset: int) -> str:
    width = 100 / count
    margin = width * GAP / 2 * (1 + inset)
    height = max(round(part * (HEIGHT - 2)), 2)
    return (
        f'<rect class="{kind}" x="{place * width + margin:.4g}%" y="{HEIGHT - 1 - height}" '
        f'width="{width - 2 * margin:.4g}%" height="{height}"/>'
    )
