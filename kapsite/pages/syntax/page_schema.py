"""The schema of front matter, and the address that a page gets."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from kapsite.content_files.validation import (
    PARAGRAPH,
    Day,
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


def check_old_path(value: str) -> str:
    if not re.fullmatch(r"/([a-z0-9-]+/)+", value):
        raise wrong(f'"{value}" isn\'t an address of this site.', "Write it like /old-name/")
    return value


OldPath = Annotated[str, AfterValidator(check_old_path)]
Drawing = Literal[
    "bag", "bench", "car", "cuff", "cup", "dock", "door", "gauge", "phone", "purse", "receptor",
    "rest", "room",
    "shelf", "signpost", "signs", "sunrise", "talk",
]  # fmt: skip  # static/img/drawings/


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
    place: int | None = Field(
        default=None, ge=1, title="Place in its menu",
        description="A number, for a page outside the guide. Empty: after the guide, by name.",
    )  # fmt: skip
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


def path_of(file: Path, content_dir: Path) -> str:
    """The URL path of a content file: ``history.md`` is ``/history/``, ``index.md`` is ``/``."""
    parts = file.relative_to(content_dir).with_suffix("").parts
    if parts[-1] == "index":
        parts = parts[:-1]
    return "/".join(("", *parts, ""))
