"""The least text that each kind of block needs, to begin with: instructions to write over.

No page says them of its own, so that the check finds those that nobody replaced.
"""

import re

PARTS = {
    "heading": "## Name this section",
    "list": "- Write the first point\n- Write the next point",
}
BLOCKS = {
    "key-facts": """\
::: key-facts
- **Name the first fact:** Say it in a few words.
- **Name the next fact:** Say that one in a few words.
:::""",
    "note": "::: note\nWrite a short note here.\n:::",
    "questions": """\
::: questions
### Write a question here?
Write its answer here.
:::""",
    "steps": """\
::: steps
### Name the first step
Say what to do first.

### Name the next step
Say what to do next.
:::""",
    "timeline": """\
::: timeline
### 2026: Name what happened
Say it in a sentence, with its source.
:::""",
    "compare": """\
::: compare
### Name one option
- **Name what to compare:** Say it of this option.

### Name the other option
- **Name what to compare:** Say it of the other option.
:::""",
    "pair": """\
::: pair
### Name the good side {good}
- write a point of the good side

### Name the hard side {hard}
- write a point of the hard side
:::""",
    "day": """\
::: day
### Say when it begins: Name how it begins {door}
Say what to expect first.

### Say when it ends: Name how it ends {car}
Say what to expect then.
:::""",
    "picture": """\
::: picture of="signpost"
Say in words what the drawing shows.
:::""",
    "care": """\
::: care level="soon"
### Say how soon to act, and how
- write a sign to watch for
:::""",
    "worksheet": """\
::: worksheet lines="3"
### Write what to fill in here
Say how to fill it in.
:::""",
    "action": "::: action\nWrite a sentence above the button.\n:::",
    "help-now": "::: help-now\n:::",
    "chart": '::: chart id="name-of-the-chart"\n:::',
    "status": '::: status of="kap"\n:::',
    "evidence": '::: evidence ketamine="moderate" kap="early" sources="S0"\n:::',
    "clinic-facts": "::: clinic-facts\n:::",
    "team": "::: team\n:::",
    "sources": "::: sources\n:::",
    "glossary": "::: glossary\n:::",
}
SIGNS = re.compile(r"^\s*(?:#+|[-*]|\d+\.)\s+|\*\*|\{\w+\}|^[12]\d{3}(?=: )")


def pieces_of(line: str) -> set[str]:
    """What a line says: a heading or an item, the label before its colon, and what follows."""
    words = SIGNS.sub("", SIGNS.sub("", line)).strip()
    label, _, rest = words.partition(":")
    return {each for each in (label.strip(), rest.strip()) if each}


SAMPLES = frozenset(
    piece
    for text in [*PARTS.values(), *BLOCKS.values()]
    for line in text.split("\n")
    if not line.startswith(":::")
    for piece in pieces_of(line)
)


def sample_in(line: str) -> str:
    """What is left of a sample in a line; "" if nothing is."""
    return next((each for each in sorted(pieces_of(line)) if each in SAMPLES), "")
