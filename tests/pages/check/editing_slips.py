"""Slips of the hand: ways in which an editor may damage a file by accident."""

import re
from dataclasses import dataclass

STRAY = "*_[](){}<>|#:@&\"'`~\\-+=!;./0aé\t "
KEY = re.compile(r"^(\s*(?:- )?)([a-z_]+):(?=\s)", re.MULTILINE)
FENCE = re.compile(r"^:{3,}.*$", re.MULTILINE)
MARK = re.compile(r"\s?\[@[^\]]*\]")


@dataclass(frozen=True)
class Damage:
    """A damaged text. ``first`` to ``last`` are the lines of the sound text that it touches."""

    kind: str
    text: str
    first: int
    last: int
    must_fail: bool = False  # a rule stands against it, wherever in the file it is


def delete_line(text, random):
    lines = text.split("\n")
    index = random.randrange(len(lines))
    return lines_changed(text, "delete a line", index, 1, [])


def double_line(text, random):
    lines = text.split("\n")
    index = random.randrange(len(lines))
    return lines_changed(text, "double a line", index, 1, [lines[index]] * 2)


def swap_lines(text, random):
    lines = text.split("\n")
    index = random.randrange(len(lines) - 1)
    swapped = lines[index : index + 2][::-1]
    return lines_changed(text, "swap two lines", index, 2, swapped)


def join_lines(text, random):
    lines = text.split("\n")
    index = random.randrange(len(lines) - 1)
    return lines_changed(text, "join two lines", index, 2, ["".join(lines[index : index + 2])])


def cut_line(text, random):
    lines = text.split("\n")
    index = random.choice([i for i, line in enumerate(lines) if len(line) > 3])
    cut = lines[index][: random.randrange(1, len(lines[index]))]
    return lines_changed(text, "cut a line", index, 1, [cut])


def stray_character(text, random):
    at, sign = random.randrange(len(text)), random.choice(STRAY)
    return span_changed(text, f"stray {sign!r}", at, at, sign)


def lose_character(text, random):
    at = random.randrange(len(text))
    return span_changed(text, f"lost {text[at]!r}", at, at + 1, "")


def misspell_key(text, random):
    keys = [found for found in KEY.finditer(text) if within_front_matter(text, found)]
    if not keys:
        return None
    key = random.choice(keys)
    at = random.randrange(key.start(2), key.end(2))
    return span_changed(text, "misspell a key", at, at + 1, "", must_fail=True)


def break_block(text, random):
    fences = list(FENCE.finditer(text))
    if not fences:
        return None
    fence = random.choice(fences)
    way = random.choice(("", fence[0][1:], fence[0] + "x"))
    return span_changed(text, "break a block", *fence.span(), way, must_fail=True)


def lose_citation(text, random):
    marks = list(MARK.finditer(text))
    if not marks:
        return None
    return span_changed(text, "lose a citation", *random.choice(marks).span(), "")


OF_DATA = (
    delete_line, double_line, swap_lines, join_lines, cut_line, stray_character, lose_character,
    misspell_key,
)  # fmt: skip
OF_PAGES = (*OF_DATA, break_block, lose_citation)


def within_front_matter(text: str, found: re.Match) -> bool:
    end = text.find("\n---\n", 3) if text.startswith("---\n") else len(text)
    return found.start() < end


def lines_changed(text: str, kind: str, index: int, count: int, new: list[str]) -> Damage:
    lines = text.split("\n")
    lines[index : index + count] = new
    return Damage(kind, "\n".join(lines), index + 1, index + count)


def span_changed(
    text: str, kind: str, start: int, end: int, new: str, must_fail: bool = False
) -> Damage:
    first = text.count("\n", 0, start) + 1
    last = first + text.count("\n", start, end)
    return Damage(kind, text[:start] + new + text[end:], first, last, must_fail)
