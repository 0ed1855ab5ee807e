"""What an editor can put into a text with a button: blocks, citations and links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kapsite.editor.data_forms.fields.keys import words_of
from kapsite.pages.syntax.samples import BLOCKS, PARTS

if TYPE_CHECKING:
    from kapsite.pages.load.site import Site

FENCE = re.compile(r"(:{3,})[ \t]*([\w-]*)")
WHOLE = (":::", "![", "## ", "- ")  # how pieces begin that are no part of a sentence
LISTS = ("key-facts", "questions", "steps", "timeline", "compare", "day")  # can have more entries


@dataclass(frozen=True)
class Piece:
    """``text`` goes into the page; an editor finds it by the rest."""

    label: str
    hint: str
    text: str
    picture: str | None = None  # of an image: the address of a small one, or ""

    @property
    def entry(self) -> str:
        """One entry of the list that the block is; "" if it is none."""
        found = FENCE.match(self.text)
        if not found or found[2] not in LISTS:
            return ""
        body = self.text.split("\n", 1)[1].rpartition("\n")[0]
        sign = body.split()[0]
        return body.partition(f"\n{sign} ")[0].rstrip()


# What each is for.
HINTS = {
    "heading": "Begins a section of the page",
    "list": "Points, one on each line",
    "key-facts": "The page in short: labels with a few words each",
    "note": "A short note that stands out",
    "questions": "Questions that open and close",
    "steps": "What to do, one step after the other",
    "timeline": "What happened, oldest first, each with a source",
    "compare": "Options side by side, with the same labels in each",
    "pair": "Two cards of the same size",
    "day": "The hours of a day, each with a drawing",
    "picture": "One of the site’s drawings, with words below it",
    "care": "Warning signs, and how soon to act",
    "worksheet": "Empty lines to fill in on paper",
    "action": "The button that leads to the form",
    "help-now": "The crisis lines",
    "status": "What the FDA says about ketamine, esketamine or KAP",
    "evidence": "How strong the evidence is",
    "clinic-facts": "Prices, routes and policies of the clinic",
    "team": "Everyone in the list of people",
    "sources": "Every source of the site",
    "glossary": "Every word that is explained",
}


def blocks(site: Site) -> list[Piece]:
    """Headings, lists and every kind of block, and of charts each by its title."""
    samples = PARTS | BLOCKS
    found = [Piece(words_of(name), hint, samples[name]) for name, hint in HINTS.items()]
    charts = [
        Piece("Chart", chart.title, chart_block(name))
        for name, chart in site.data.charts.items()
        if chart
    ]
    return [*found, *charts]


def chart_block(name: str) -> str:
    return f'::: chart id="{name}"\n:::'


def images(described: Mapping[str, str], small: Mapping[str, str]) -> list[Piece]:
    """Images by what they show, or by their names, which an editor then replaces."""
    return [
        Piece(words, name, f"![{words}]({name})", small[name]) for name, words in described.items()
    ]


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
