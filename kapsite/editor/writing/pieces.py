"""What an editor can put into a text with a button: blocks, citations and links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kapsite.pages.load.site import Site

WHOLE = (":::", "![", "## ", "- ")  # how pieces begin that are no part of a sentence
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


PARTS = {
    "heading": ("Begins a section of the page", "## A new section"),
    "list": ("Points, one on each line", "- One thing\n- Another thing"),
}
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
    "timeline": ("What happened, oldest first, each with a source; {core} marks main events", """\
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


def blocks(site: Site) -> list[Piece]:
    """Headings, lists and every kind of block, and of charts each by its title."""
    known = (PARTS | BLOCKS).items()
    found = [Piece(name, hint, text) for name, (hint, text) in known if name != "chart"]
    charts = [
        Piece("chart", chart.title, chart_block(name))
        for name, chart in site.data.charts.items()
        if chart
    ]
    return [*found, *charts]


def chart_block(name: str) -> str:
    return f'::: chart id="{name}"\n:::'


def images(described: Mapping[str, str]) -> list[Piece]:
    """Images by what they show, or by their names, which an editor then replaces."""
    return [Piece(words, name, f"![{words}]({name})") for name, words in described.items()]


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
