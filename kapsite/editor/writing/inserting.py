"""A piece put into a text after a line. The script does the same at the cursor."""

import re
from itertools import chain, takewhile

from .pieces import FENCE, WHOLE, Piece

CITATION = re.compile(r"\[@([^\]]+)\]([.!?:]?)$")
END = re.compile(r"([.!?:]?)$")
FENCED = re.compile(r":{3,}[ \t]*\w|#")  # what begins something new
CLOSING = re.compile(r":{3,}[ \t]*")
YEAR = re.compile(r"(?<=^### )[12]\d{3}(?=: )")  # of a new entry
WHEN = re.compile(r"^### [^:]*?(\d{4})(?!\d| ?BCE)[^:\d]*:")


def inserted(text: str, piece: str, after: int | None = None) -> str:
    """``text`` with ``piece`` after a line, or at its end. What is part of a sentence goes before
    the period.
    """
    lines = text.rstrip().split("\n")
    number = min(after or len(lines), len(lines))
    if piece.startswith(WHOLE):
        return with_block(lines, piece, number)
    line = lines[number - 1].rstrip()
    cited = CITATION.search(line)
    if cited and piece.startswith("[@"):
        line = f"{line[: cited.start()]}[@{cited[1]}; {piece[1:-1]}]{cited[2]}"
    else:
        line = END.sub(lambda end: f" {piece}{end[1]}", line, count=1).lstrip()
    lines[number - 1] = line
    return "\n".join(lines) + "\n"


def at_end(text: str, block: str) -> str:
    """``text`` with ``block`` at its end, above the button that most pages end with."""
    lines = text.rstrip().split("\n")
    button = next((n for n, line in enumerate(lines) if line.startswith("::: action")), None)
    is_last = button is not None and not any(map(FENCED.match, lines[button + 1 :]))
    return inserted(text, block, button if is_last else None)


def with_block(lines: list[str], piece: str, number: int) -> str:
    """With a block below the paragraph, list or block of the line ``number``. In a list of the same
    kind it is one more entry, after the one of that line.
    """
    if lines[0] == "---" and "---" in lines[1:]:
        number = max(number, lines.index("---", 1) + 1)
    found = FENCE.match(piece)
    name = found[2] if found else ""
    entry, around = Piece("", "", piece).entry, blocks_around(lines[:number])
    is_entry = bool(entry) and name in around
    at = end_of_entry(lines, number, entry) if is_entry else end_of_part(lines, number, len(around))
    above, below = "\n".join(lines[:at]).rstrip("\n"), "\n".join(lines[at:]).lstrip("\n")
    if is_entry:
        entry = YEAR.sub(year_at(lines, at) or r"\g<0>", entry)
    is_tight = is_entry and entry.startswith("- ")
    first = "\n" if is_tight else "\n\n" if above else ""
    last = "\n" if is_tight or (is_entry and CLOSING.match(below)) or not below else "\n\n"
    return f"{above}{first}{entry if is_entry else piece}{last}" + (f"{below}\n" if below else "")


def blocks_around(lines: list[str]) -> list[str]:
    """The names of the blocks that are open at the end of ``lines``, from the outside in."""
    names: list[str] = []
    for found in filter(None, map(FENCE.match, lines)):
        if found[2]:
            names.append(found[2])
        elif names:
            names.pop()
    return names


def year_at(lines: list[str], at: int) -> str:
    """The year of the entry above the line, or else of the one below: they stand in order."""
    above = takewhile(lambda line: not FENCE.match(line), reversed(lines[:at]))
    below = takewhile(lambda line: not FENCE.match(line), lines[at:])
    return next((found[1] for line in chain(above, below) if (found := WHEN.match(line))), "")


def end_of_entry(lines: list[str], number: int, entry: str) -> int:
    """Where the entry with the line ``number`` ends: at the next one, or with the block."""
    sign = entry.split()[0] + " "
    ends = (
        index
        for index, line in enumerate(lines[number:], number)
        if line.startswith(sign) or CLOSING.fullmatch(line) or (sign == "- " and not line.strip())
    )
    return next(ends, len(lines))


def end_of_part(lines: list[str], number: int, depth: int) -> int:
    """Where the outermost of ``depth`` blocks ends, or without one the paragraph or list."""
    start = number if depth else number - 1
    for index, line in enumerate(lines[start:], start):
        if not depth and not line.strip():
            return index
        if depth and (found := FENCE.match(line)):
            depth += 1 if found[2] else -1
            if not depth:
                return index + 1
    return len(lines)
