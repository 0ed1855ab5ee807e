"""Two texts side by side: their changed lines, with the changed words marked."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_LINES = 500  # compared to the letter; longer texts leave out lines that come again and again
MOST_WORDS = 2_000  # in a line; a longer one is marked as a whole, since comparing is quadratic
CONTEXT = 1  # unchanged lines shown around a change
WORDS = re.compile(r"\s*\S+|\s+$")  # each with the space before it

Part = tuple[bool, str]  # whether it differs, and the text


@dataclass(frozen=True)
class Row:
    """A line before and after; ``number`` is that of the line after, None where lines are left
    out."""

    number: int | None
    before: tuple[Part, ...] = ()
    after: tuple[Part, ...] = ()
    is_changed: bool = False


def side_by_side(before: str, after: str) -> list[Row]:
    old, new = before.splitlines(), after.splitlines()
    rows: list[Row] = []
    is_long = max(len(old), len(new)) > MOST_LINES
    for group in SequenceMatcher(None, old, new, autojunk=is_long).get_grouped_opcodes(CONTEXT):
        if rows:
            rows.append(Row(None))
        for kind, a, b, c, d in group:
            if kind == "equal":
                rows += [same(c + i + 1, line) for i, line in enumerate(new[c:d])]
            else:
                rows += changed(old[a:b], new[c:d], c + 1)
    return rows


def same(number: int, line: str) -> Row:
    return Row(number, ((False, line),), ((False, line),))


def changed(old: list[str], new: list[str], number: int) -> list[Row]:
    rows = []
    for i in range(max(len(old), len(new))):
        left, right = "".join(old[i : i + 1]), "".join(new[i : i + 1])
        rows.append(Row(number + i, *marked(left, right), is_changed=True))
    return rows


def marked(left: str, right: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    old, new = WORDS.findall(left), WORDS.findall(right)
    if max(len(old), len(new)) > MOST_WORDS:
        return ((True, left),), ((True, right),)
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return (
        tuple((kind != "equal", "".join(old[a:b])) for kind, a, b, _, _ in codes if a < b),
        tuple((kind != "equal", "".join(new[c:d])) for kind, _, _, c, d in codes if c < d),
    )
