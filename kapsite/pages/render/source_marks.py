"""The numbers of cited sources, and the mark at the end of a paragraph, list item, cell or figure
that opens them; plain Python.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape

from kapsite.pages.syntax.data_schema import Source

MARKS = re.compile(r'<sup>.*?</sup>|<details class="src">.*?</details>')


class Citations:
    """The sources that a page cites. ``sources`` is None where their file has errors."""

    def __init__(self, sources: Mapping[str, Source] | None):
        self.sources = sources or {}
        self.counts = Counter[str]()  # how often each is cited
        self.numbers: dict[str, int] = {}  # by first use
        self.unmarked: set[str] = set()  # cited since the last mark
        self.one_mark = 0  # how many parts around this place have a single mark, at their end

    @contextmanager
    def marked_once(self) -> Iterator[None]:
        """For a part of the page whose sources have one mark, after it, and none within."""
        self.one_mark += 1
        yield
        self.one_mark -= 1

    def cite(self, ids: Sequence[str]) -> str:
        """The numbers of these sources.

        Readers see them on paper, and on screen once the mark that follows is open.
        """
        self.counts.update(ids)
        self.unmarked.update(ids)
        numbers = [self.numbers.setdefault(each, len(self.numbers) + 1) for each in ids]
        return f"<sup>[{', '.join(map(str, numbers))}]</sup>" if numbers else ""

    def mark(self) -> str:
        """The mark that opens the sources cited since the last one; empty without any."""
        if self.one_mark:
            return ""
        numbered = {self.numbers[each]: self.sources.get(each) for each in self.unmarked}
        self.unmarked.clear()
        return source_mark(numbered)

    def marked(self, html: str) -> str:
        """``html`` with its mark, which can't stand inside of ``p`` or a list."""
        mark = self.mark()
        return f'<div class="cited">\n{html}{mark}</div>\n' if mark else html


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
