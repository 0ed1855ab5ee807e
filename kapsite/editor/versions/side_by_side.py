"""Two texts side by side: their changed lines, with the changed words marked."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

EXACT_LINES = 500  # longer texts leave out lines that come again and again
# Comparing takes the square of a length, and its cube for texts made to be slow. Beyond these
# limits all from the first to the last difference counts as one.
MOST_LINES = 4_000
MOST_WORDS = 300  # in a line
MOST_PAIRS = 1_000_000  # of words, in all lines together
MOST_ROWS = 4_000  # shown
CONTEXT = 1  # unchanged lines shown around a change
WORDS = re.compile(r"\s*\S+|\s+$")  # each with the space before it

Part = tuple[bool, str]  # whether it differs, and the text


@dataclass(frozen=True)
class Row:
    """A line before and after; ``number`` is that of the line after, None where there is none."""

    number: int | None
    before: tuple[Part, ...] = ()
    after: tuple[Part, ...] = ()
    is_changed: bool = False
    label: str = ""  # of a field, which has no number
    is_unseen: bool = False  # not shown to readers

    @property
    def is_gap(self) -> bool:
        """Whether lines are left out here."""
        return self == GAP

    @property
    def is_blank(self) -> bool:
        return not any(text.strip() for _, text in (*self.before, *self.after))


GAP = Row(None)


class OneBlock(SequenceMatcher):
    """Takes all from the first to the last difference for one, at once."""

    a: list[str]  # as difflib calls them
    b: list[str]

    def get_opcodes(self):
        old, new = self.a, self.b
        least = min(len(old), len(new))
        start = next((i for i in range(least) if old[i] != new[i]), least)
        rest = least - start
        end = next((i for i in range(rest) if old[~i] != new[~i]), rest)
        a, b = len(old) - end, len(new) - end
        codes = [
            ("equal", 0, start, 0, start),
            ("replace", start, a, start, b),
            ("equal", a, len(old), b, len(new)),
        ]
        return [code for code in codes if code[1] < code[2] or code[3] < code[4]]


def side_by_side(before: str, after: str) -> list[Row]:
    old, new = before.splitlines(), after.splitlines()
    longest = max(len(old), len(new))
    compare = SequenceMatcher if longest <= MOST_LINES else OneBlock
    rows: list[Row] = []
    words = Words()
    for group in compare(None, old, new, longest > EXACT_LINES).get_grouped_opcodes(CONTEXT):
        if rows:
            rows.append(GAP)
        for kind, a, b, c, d in group:
            if kind == "equal":
                rows += [same(c + i + 1, line) for i, line in enumerate(new[c:d])]
            else:
                rows += words.changed(old[a:b], new[c:d], c + 1)
    rows = without_blank(rows)
    return rows if len(rows) <= MOST_ROWS else [*rows[:MOST_ROWS], GAP]


def without_blank(rows: list[Row]) -> list[Row]:
    """Without empty lines, unless nothing else is changed."""
    is_more = any(row.is_changed and not row.is_blank for row in rows)
    return [row for row in rows if row.is_gap or not row.is_blank] if is_more else rows


def same(number: int, line: str) -> Row:
    return Row(number, ((False, line),), ((False, line),))


class Words:
    """Marks the words that differ, in the lines of one comparison."""

    def __init__(self) -> None:
        self.pairs_left = MOST_PAIRS

    def changed(self, old: list[str], new: list[str], number: int) -> list[Row]:
        rows = []
        for i in range(min(max(len(old), len(new)), MOST_ROWS + 1)):
            left, right = "".join(old[i : i + 1]), "".join(new[i : i + 1])
            at = number + i if i < len(new) else None
            rows.append(Row(at, *self.marked(left, right), is_changed=True))
        return rows

    def marked(self, left: str, right: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        old, new = WORDS.findall(left), WORDS.findall(right)
        pairs = len(old) * len(new)
        is_exact = max(len(old), len(new)) <= MOST_WORDS and pairs <= self.pairs_left
        if is_exact:
            self.pairs_left -= pairs
        compare = SequenceMatcher if is_exact else OneBlock
        codes = compare(None, old, new, autojunk=False).get_opcodes()
        return (
            tuple((kind != "equal", "".join(old[a:b])) for kind, a, b, _, _ in codes if a < b),
            tuple((kind != "equal", "".join(new[c:d])) for kind, _, _, c, d in codes if c < d),
        )
