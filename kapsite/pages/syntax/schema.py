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
    Paragraph,
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
        default=None, title="Short title", description="For menus. Empty: the title."
    )
    description: Annotated[Description, PARAGRAPH] = Field(
        title="Description", description="What search engines show: 50 to 160 characters."
    )
    guide: int | None = Field(
        default=None, ge=0, title="Position in the guide",
        description="A number. Empty: the page isn’t part of the guide.",
    )  # fmt: skip
    lead: Annotated[Markdown, PARAGRAPH] | None = Field(
        default=None, title="Lead", description="One or two sentences under the title."
    )
    drawing: Drawing | None = Field(default=None, title="Drawing beside the title")
    # prints on one, with little around it
    sheet: Literal["portrait", "landscape"] | None = Field(
        default=None,
        title="Sheet of paper",
        description="For a page that people print on one sheet.",
    )
    menu_in: Literal["header", "footer", "none"] = Field(default="footer", title="Menu")
    reviewed_on: Day | None = Field(default=None, title="Last reviewed on")
    review_by: Day | None = Field(
        default=None, title="Next review by", description="Within a year of the last one."
    )
    reviewed_by: Text | None = Field(
        default=None, title="Reviewed by",
        description="Name and credentials of the clinician. Empty until one has read the page.",
    )  # fmt: skip
    owner: Text | None = Field(
        default=None, title="Owner",
        description="Who looks after the page. Reminders name them; readers don’t see it.",
    )  # fmt: skip
    changes: tuple[Change, ...] = Field(default=(), title="Changes readers should know about")
    uncited: tuple[CitationExemption, ...] = Field(
        default=(), title="Sentences that need no source"
    )
    reading: ReadingLimit | None = Field(default=None, title="Reading grade other than 8")
    requires: tuple[Text, ...] = Field(
        default=(), title="Pages this one needs",
        description="One on each line, like risks. It can’t be published without them.",
    )  # fmt: skip
    redirect_from: tuple[OldPath, ...] = Field(
        default=(),
        title="Old addresses that lead here",
        description="One on each line, like /old-name/",
    )
    expires_on: Day | None = Field(
        default=None, title="Last day of the page",
        description="From the next day on it only says that it has ended. Empty: it stays.",
    )  # fmt: skip


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
    ] = Field(title="Kind")  # fmt: skip
    check: Literal["A", "B", "M"] = Field(
        title="How it was read",
        description="A: the original or its summary. B: a report about it. M: from memory, so no "
        "page can cite it.",
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
        min_length=1, title="Sources", description="One on each line, like R1."
    )
    expires: Day | None = Field(default=None, title="Look at it again by")


class Medicines(Model):
    ketamine: Medicine = Field(title="Ketamine")
    esketamine: Medicine = Field(title="Esketamine (Spravato)")
    kap: Medicine = Field(title="KAP")


def path_of(file: Path, content_dir: Path) -> str:
    """The URL path of a content file: ``history.md`` is ``/history/``, ``index.md`` is ``/``."""
    parts = file.relative_to(content_dir).with_suffix("").parts
    if parts[-1] == "index":
        parts = parts[:-1]
    return "/".join(("", *parts, ""))
