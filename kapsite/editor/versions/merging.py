"""Two changes of one text, both kept where they concern different lines."""

from difflib import SequenceMatcher
from typing import NamedTuple

MOST_LINES = 4_000  # comparing takes the square of it


class Edit(NamedTuple):
    """Lines ``start`` to ``end`` of the text before, and what stands there instead."""

    start: int
    end: int
    lines: tuple[str, ...]

    def is_apart_from(self, other: "Edit") -> bool:
        """What is inserted at the edge of another change has no certain place."""
        if self.start == self.end or other.start == other.end:
            return self.end < other.start or other.end < self.start
        return self.end <= other.start or other.end <= self.start

    def includes(self, other: "Edit") -> bool:
        """Whether it puts in all that ``other`` does at the same place, and more."""
        length = len(other.lines)
        starts = range(len(self.lines) - length + 1)
        return (
            (self.start, self.end) == (other.start, other.end)
            and 0 < length < len(self.lines)
            and any(self.lines[at : at + length] == other.lines for at in starts)
        )


def with_both_lines(before: str, own: str, theirs: str) -> str | None:
    """``theirs`` with the lines that ``own`` changed in ``before``; None where both changed the
    same lines, unless one has all of what the other put there, as a draft has that was written on
    while it was published. The last line counts the same with and without its end."""
    texts = [text.rstrip("\n").split("\n") for text in (before, own, theirs)]
    if max(map(len, texts)) > MOST_LINES:
        return None
    lines, mine, others = texts[0], set(edits(*texts[:2])), set(edits(texts[0], texts[2]))
    mine, others = without_included(mine, others), without_included(others, mine)
    if not all(a.is_apart_from(b) for a in mine - others for b in others - mine):
        return None
    for edit in sorted(mine | others, reverse=True):
        lines[edit.start : edit.end] = edit.lines
    return "\n".join([*lines, ""])


def without_included(some: set[Edit], others: set[Edit]) -> set[Edit]:
    return {each for each in some if not any(other.includes(each) for other in others)}


def edits(before: list[str], after: list[str]) -> list[Edit]:
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [Edit(a, b, tuple(after[c:d])) for kind, a, b, c, d in codes if kind != "equal"]
