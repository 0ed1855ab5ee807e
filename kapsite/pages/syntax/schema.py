"""Schemas of front matter and of the data files that pages use."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from kapsite.content_files.validation import (
    Day,
    HttpsUrl,
    Markdown,
    Model,
    Text,
    check_plain,
    wrong,
)


def length(least: int, most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


Title = Annotated[str, length(3, 70), AfterValidator(check_plain)]
MenuLabel = Annotated[str, length(2, 30), AfterValidator(check_plain)]
Description = Annotated[str, length(50, 160), AfterValidator(check_plain)]


def check_source_id(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{1,2}[0-9]{1,3}", value):
        raise wrong(f'"{value}" isn\'t a valid source name.', "Write it like S11, without @.")
    return value


def check_doi(value: str) -> str:
    if not re.fullmatch(r"10\.\d{4,9}/\S+", value):
        raise wrong(
            f'"{value}" isn\'t a DOI.', "Write it like 10.1000/xyz, without https://doi.org/"
        )
    return value


def check_old_path(value: str) -> str:
    if not re.fullmatch(r"/([a-z0-9-]+/)+", value):
        raise wrong(f'"{value}" isn\'t an address of this site.', "Write it like /old-name/")
    return value


OldPath = Annotated[str, AfterValidator(check_old_path)]
SourceId = Annotated[str, AfterValidator(check_source_id)]
Drawing = Literal[
    "bag", "bench", "car", "cuff", "cup", "dock", "door", "gauge", "phone", "purse", "receptor",
    "rest", "room",
    "shelf", "signpost", "signs", "sunrise", "talk",
]  # fmt: skip  # static/img/drawings/
Grade = Literal["strong", "moderate", "early", "not-enough"]


class Change(Model):
    """A line of the page's history, for readers."""

    on: Day
    note: Text


class CitationExemption(Model):
    """A claim that needs no source, named by the first words of its sentence."""

    text: Markdown
    reason: Text


class ReadingLimit(Model):
    """A page's own limit for its reading grade."""

    limit: float = Field(gt=0, le=18)
    reason: Text


class FrontMatter(Model):
    title: Title
    menu: MenuLabel | None = None
    description: Description
    guide: int | None = Field(default=None, ge=0)
    lead: Markdown | None = None
    drawing: Drawing | None = None
    sheet: Literal["portrait", "landscape"] | None = None  # prints on one, with little around it
    menu_in: Literal["header", "footer", "none"] = "footer"
    reviewed_on: Day | None = None
    review_by: Day | None = None
    reviewed_by: Text | None = None
    changes: tuple[Change, ...] = ()
    uncited: tuple[CitationExemption, ...] = ()
    reading: ReadingLimit | None = None
    requires: tuple[Text, ...] = ()
    redirect_from: tuple[OldPath, ...] = ()


class Source(Model):
    """A source to cite. ``check`` says how it was read; M is from memory.

    ``details`` is more of what it says, for comparing sentences with it; readers don't see it.
    """

    title: Text
    authors: Text | None = None
    publisher: Text | None = None
    year: int | None = Field(default=None, ge=1500, le=2100)
    url: HttpsUrl | None = None
    doi: Annotated[Text, AfterValidator(check_doi)] | None = None
    kind: Literal[
        "regulator", "label", "law", "trial", "review", "guideline", "observational", "animal",
        "history", "crisis", "cost", "writing", "news", "clinic",
    ]  # fmt: skip
    check: Literal["A", "B", "M"]
    shows: Text
    expires: Day | None = None  # such as a label that is replaced every year
    details: Text | None = None

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

    meaning: Text
    also: tuple[Text, ...] = ()
    linked: bool = True


class Medicine(Model):
    """One of the three treatments that are never mixed up, and its approval status."""

    name: Text
    status: Literal["approved", "off-label", "not-approved"]
    words: Text
    sources: tuple[SourceId, ...] = Field(min_length=1)
    expires: Day | None = None


class Medicines(Model):
    ketamine: Medicine
    esketamine: Medicine
    kap: Medicine


def path_of(file: Path, content_dir: Path) -> str:
    """The URL path of a content file: ``history.md`` is ``/history/``, ``index.md`` is ``/``."""
    parts = file.relative_to(content_dir).with_suffix("").parts
    if parts[-1] == "index":
        parts = parts[:-1]
    return "/".join(("", *parts, ""))
