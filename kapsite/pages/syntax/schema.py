"""Schemas of front matter and of the data files that pages use."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from kapsite.content_files.validation import (
    PARAGRAPH,
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

    on: Day = Field(title="Day")
    note: Text = Field(title="What changed", description="One sentence for readers.")


class CitationExemption(Model):
    """A claim that needs no source, named by the first words of its sentence."""

    text: Markdown = Field(title="First words of the sentence")
    reason: Text = Field(title="Why it needs no source")


class ReadingLimit(Model):
    """A page's own limit for its reading grade."""

    limit: float = Field(gt=0, le=18, title="Highest grade", description="Like 9 or 9.5.")
    reason: Text = Field(title="Why this page needs it")


class FrontMatter(Model):
    title: Title = Field(title="Title", description="The heading of the page: 3 to 70 characters.")
    menu: MenuLabel | None = Field(
        None, title="Short title", description="For menus. Empty: the title."
    )
    description: Annotated[Description, PARAGRAPH] = Field(
        title="Description", description="What search engines show: 50 to 160 characters."
    )
    guide: int | None = Field(
        None, ge=0, title="Position in the guide",
        description="A number. Empty: the page isn’t part of the guide.",
    )  # fmt: skip
    lead: Annotated[Markdown, PARAGRAPH] | None = Field(
        None, title="Lead", description="One or two sentences under the title."
    )
    drawing: Drawing | None = Field(None, title="Drawing beside the title")
    # prints on one, with little around it
    sheet: Literal["portrait", "landscape"] | None = Field(
        None, title="Sheet of paper", description="For a page that people print on one sheet."
    )
    menu_in: Literal["header", "footer", "none"] = Field("footer", title="Menu")
    reviewed_on: Day | None = Field(None, title="Last reviewed on")
    review_by: Day | None = Field(
        None, title="Next review by", description="Within a year of the last one."
    )
    reviewed_by: Text | None = Field(
        None, title="Reviewed by",
        description="Name and credentials of the clinician. Empty until one has read the page.",
    )  # fmt: skip
    changes: tuple[Change, ...] = Field((), title="Changes readers should know about")
    uncited: tuple[CitationExemption, ...] = Field((), title="Sentences that need no source")
    reading: ReadingLimit | None = Field(None, title="Reading grade other than 8")
    requires: tuple[Text, ...] = Field(
        (), title="Pages this one needs",
        description="One on each line, like risks. It can’t be published without them.",
    )  # fmt: skip
    redirect_from: tuple[OldPath, ...] = Field(
        (), title="Old addresses that lead here", description="One on each line, like /old-name/"
    )


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
