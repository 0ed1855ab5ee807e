"""Schemas of the data files that pages use; charts have their own."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from kapsite.content_files.validation import Day, HttpsUrl, Model, Paragraph, Text, wrong


def check_source_id(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{1,2}[0-9]{1,3}", value):
        raise wrong(f'"{value}" isn\'t a valid source name.', "Write it like S11, without @.")
    return value


def near(source: str, sources: Mapping[str, object]) -> str:
    """Which sources someone may mean: those with a digit less, or with two of them swapped."""
    slips = {source[:at] + source[at + 1 :] for at in range(1, len(source))}
    slips |= {source[:at] + source[at : at + 2][::-1] + source[at + 2 :] for at in range(1, 3)}
    found = " or ".join(f'"{each}"' for each in sorted(slips & sources.keys()))
    return f"Did you mean {found}?" if found else ""


def check_doi(value: str) -> str:
    if not re.fullmatch(r"10\.\d{4,9}/\S+", value):
        raise wrong(
            f'"{value}" isn\'t a DOI.', "Write it like 10.1000/xyz, without https://doi.org/"
        )
    return value


SourceId = Annotated[str, AfterValidator(check_source_id)]
Grade = Literal["strong", "moderate", "early", "not-enough"]


KINDS: Any = {
    "regulator": "Regulator: the FDA or another office",
    "label": "Label: the official text of a drug",
    "law": "Law: an act, or a rule of an office",
    "trial": "Trial: groups by chance",
    "review": "Review: of several studies",
    "guideline": "Guideline: of a society of clinicians",
    "observational": "Observational: people followed or surveyed, without groups by chance",
    "animal": "Animal: a study with animals",
    "history": "History: what happened when",
    "crisis": "Crisis: who helps in danger",
    "cost": "Cost: prices and insurance",
    "writing": "Writing: how to write for readers",
    "news": "News, or another article: in a newspaper, magazine or website",
    "clinic": "Clinic: what a clinic says of itself",
}
READ: Any = {
    "A": "A: the original, or its summary",
    "B": "B: a report about it",
    "M": "M: from memory, so no page can cite it",
}


class Source(Model):
    """A source to cite. ``check`` says how it was read; M is from memory.

    ``details`` is more of what it says, for comparing sentences with it; readers don't see it.
    """

    title: Paragraph = Field(title="Title")
    authors: Text | None = Field(default=None, title="Authors")
    publisher: Text | None = Field(default=None, title="Publisher", description="Or the journal.")
    year: int | None = Field(default=None, ge=1500, le=2100, title="Year")
    url: HttpsUrl | None = Field(
        default=None,
        title="Web address",
        description="Where readers find it. Not needed with a DOI.",
    )
    doi: Annotated[Text, AfterValidator(check_doi)] | None = Field(
        default=None, title="DOI", description="Like 10.1000/xyz"
    )
    kind: Literal[
        "regulator", "label", "law", "trial", "review", "guideline", "observational", "animal",
        "history", "crisis", "cost", "writing", "news", "clinic",
    ] = Field(
        title="Kind", json_schema_extra={"words": KINDS},
        description="A survey is observational. Nothing fits? Choose News, or another article.",
    )  # fmt: skip
    check: Literal["A", "B", "M"] = Field(
        title="How it was read", json_schema_extra={"words": READ}
    )
    shows: Paragraph = Field(
        title="What it shows", description="One plain sentence. Readers see it on the Sources page."
    )
    # such as a label that is replaced every year
    expires: Day | None = Field(default=None, title="Look at it again by")
    details: Paragraph | None = Field(
        default=None, title="More of what it says",
        description="Readers don’t see it. The check compares sentences with it: add figures.",
    )  # fmt: skip

    @property
    def link(self) -> str | None:
        return f"https://doi.org/{self.doi}" if self.doi else self.url


class SignOff(Model):
    """Who approved which texts of a file; ``texts`` are their hashes."""

    file: Text
    reviewed_by: Text
    reviewed_on: Day
    texts: tuple[Text, ...] = Field(min_length=1)


class Term(Model):
    """A hard word in plain words, and other words for the same thing.

    ``linked: no`` is for words that the site explains anyway, or that most people know.
    """

    meaning: Paragraph = Field(title="In plain words")
    also: tuple[Text, ...] = Field(
        default=(), title="Other words for it", description="One on each line."
    )
    linked: bool = Field(
        default=True,
        title="Pages link to it",
        description="At its first use. Not for words most people know.",
    )


class Medicine(Model):
    """One of the three treatments that are never mixed up, and its approval status."""

    name: Text = Field(title="Name")
    status: Literal["approved", "off-label", "not-approved"] = Field(title="Approval status")
    words: Paragraph = Field(title="The same in words")
    sources: tuple[SourceId, ...] = Field(
        min_length=1, title="Sources", description="Type a word of the title, and choose it."
    )
    expires: Day | None = Field(default=None, title="Look at it again by")


class Medicines(Model):
    ketamine: Medicine = Field(title="Ketamine")
    esketamine: Medicine = Field(title="Esketamine (Spravato)")
    kap: Medicine = Field(title="KAP")
