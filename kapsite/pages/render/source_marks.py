"""The mark at the end of a paragraph, list item, cell or figure that opens its sources; plain
Python."""

import re
from collections.abc import Mapping
from html import escape

from kapsite.pages.syntax.data_schema import Source

MARKS = re.compile(r'<sup>.*?</sup>|<details class="src">.*?</details>')


def source_mark(numbered: Mapping[int, Source | None]) -> str:
    """Sources by their number on the page, or None where their file has errors."""
    rows = "".join(
        f'<li value="{number}">{source_link(source)}</li>'
        for number, source in sorted(numbered.items())
        if source
    )
    if not rows:
        return ""
    count = f"{len(numbered)} source{'s' * (len(numbered) > 1)}"
    return f' <details class="src"><summary>{count}</summary><ol>{rows}</ol></details>'


def source_link(source: Source) -> str:
    """Its title and year, as a link where it can be found."""
    title = escape(f"{source.title}, {source.year}" if source.year else source.title, quote=False)
    return f'<a href="{escape(source.link)}">{title}</a>' if source.link else title
