"""What an editor can put into a text with a button: blocks, citations and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kapsite.pages.load.site import Site

CITATION = re.compile(r"\[@([^\]]+)\]([.!?:]?)$")
END = re.compile(r"([.!?:]?)$")
FENCE = re.compile(r"(:{3,})[ \t]*([\w-]*)")
CLOSING = re.compile(r":{3,}[ \t]*")
LISTS = ("key-facts", "questions", "steps", "timeline", "compare", "day")  # can have more entries


@dataclass(frozen=True)
class Piece:
    """``text`` goes into the page; an editor finds it by the rest."""

    label: str
    hint: str
    text: str

    @property
    def entry(self) -> str:
        """One entry of the list that the block is; "" if it is none."""
        if self.label not in LISTS:
            return ""
        body = self.text.split("\n", 1)[1].rpartition("\n")[0]
        sign = body.split()[0]
        return body.partition(f"\n{sign} ")[0].rstrip()


# What each block is for, and the least that it needs.
BLOCKS = {
    "key-facts": ("The page in short: labels with a few words each", """\
::: key-facts
- **What to bring:** Water and a warm sweater.
- **How to come:** With someone you trust.
:::"""),
    "note": ("A short note that stands out", "::: note\nRest for the rest of the day.\n:::"),
    "questions": ("Questions that open and close", """\
::: questions
### Can I bring a friend?
Yes, please do.
:::"""),
    "steps": ("What to do, one step after the other", """\
::: steps
### Call us
Tell us how to reach you.

### Talk with a person
Ask anything.
:::"""),
    "timeline": ("What happened when, the oldest first; each needs a source", """\
::: timeline
### 2026: What happened
Say it in a sentence, with its source.
:::"""),
    "compare": ("Options side by side, with the same labels in each", """\
::: compare
### On foot
- **What to bring:** Water.

### By bus
- **What to bring:** A ticket.
:::"""),
    "pair": ("Two cards of the same size", """\
::: pair
### Please bring {good}
- soft clothes

### Please leave at home {hard}
- your car keys
:::"""),
    "day": ("The hours of a day, each with a drawing", """\
::: day
### At the door: You arrive {door}
Say hello.

### In the evening: You are home {car}
Rest.
:::"""),
    "picture": ("One of the site's drawings, with words below it", """\
::: picture of="signpost"
Follow the path to the blue door.
:::"""),
    "care": ("Warning signs, and how soon to act", """\
::: care level="soon"
### Call the clinic the same day about
- a sign to watch for
:::"""),
    "worksheet": ("Empty lines to fill in on paper", """\
::: worksheet lines="3"
### Who can you call?
Write down their numbers too.
:::"""),
    "action": ("The button that leads to the form", "::: action\nYou can ask us anything.\n:::"),
    "help-now": ("The crisis lines", "::: help-now\n:::"),
    "chart": ("A chart, by the name of its file", '::: chart id="name-of-the-chart"\n:::'),
    "status": ("What the FDA says: ketamine, esketamine or kap", '::: status of="kap"\n:::'),
    "evidence": ("How strong the evidence is", """\
::: evidence ketamine="moderate" kap="early" sources="S11 S43"
:::"""),
    "clinic-facts": ("Prices, routes and policies of the clinic", "::: clinic-facts\n:::"),
    "team": ("Everyone in the list of people", "::: team\n:::"),
    "sources": ("Every source of the site", "::: sources\n:::"),
    "glossary": ("Every word that is explained", "::: glossary\n:::"),
}  # fmt: skip


def blocks() -> list[Piece]:
    return [Piece(name, hint, text) for name, (hint, text) in BLOCKS.items()]


def citations(site: Site) -> list[Piece]:
    """The sources that a page may cite."""
    known = (site.data.sources or {}).items()
    return [
        Piece(f"{key} {source.title}", source.shows, f"[@{key}]")
        for key, source in known
        if source.check != "M"
    ]


def links(site: Site) -> Iterator[Piece]:
    for draft in sorted(site.drafts, key=lambda draft: draft.path):
        if draft.meta:
            name = draft.meta.menu or draft.meta.title
            yield Piece(name, draft.path, f"[{name}]({draft.path})")
            for heading in draft.rendered.headings:
                place = f"{draft.path}#{heading.id}"
                yield Piece(f"{name}: {heading.text}", place, f"[{heading.text}]({place})")


def inserted(text: str, piece: str, after: int | None = None) -> str:
    """``text`` with ``piece`` after a line, or at its end. What is part of a sentence goes before
    the period.
    """
    lines = text.rstrip().split("\n")
    number = min(after or len(lines), len(lines))
    if piece.startswith(":::"):
        return with_block(lines, piece, number)
    line = lines[number - 1].rstrip()
    cited = CITATION.search(line)
    if cited and piece.startswith("[@"):
        line = f"{line[: cited.start()]}[@{cited[1]}; {piece[1:-1]}]{cited[2]}"
    else:
        line = END.sub(lambda end: f" {piece}{end[1]}", line, count=1).lstrip()
    lines[number - 1] = line
    return "\n".join(lines) + "\n"


def with_block(lines: list[str], piece: str, number: int) -> str:
    """With a block below the paragraph, list or block of the line ``number``. In a list of the same
    kind it is one more entry, after the one of that line. The script does the same at the cursor.
    """
    if lines[0] == "---" and "---" in lines[1:]:
        number = max(number, lines.index("---", 1) + 1)
    name = FENCE.match(piece)[2]  # type: ignore[index]
    entry, around = Piece(name, "", piece).entry, blocks_around(lines[:number])
    is_entry = bool(entry) and name in around
    at = end_of_entry(lines, number, entry) if is_entry else end_of_part(lines, number, len(around))
    above, below = "\n".join(lines[:at]).rstrip("\n"), "\n".join(lines[at:]).lstrip("\n")
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
    for index, line in enumerate(lines[number - 1 :] if not depth else lines[number:]):
        if not depth and not line.strip():
            return number - 1 + index
        if depth and (found := FENCE.match(line)):
            depth += 1 if found[2] else -1
            if not depth:
                return number + index + 1
    return len(lines)
