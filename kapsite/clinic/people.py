"""The people who work at the clinic, from ``content/people.yaml``."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from kapsite.content_files.live_file import Watched
from kapsite.content_files.problems import ContentError, Report
from kapsite.content_files.text_file import read_text
from kapsite.content_files.validation import Day, Model, Paragraph, Text

EVALUATE = ("medical-lead", "prescriber", "therapist")


class Person(Model):
    """An entry of the team page. ``kind`` is for the launch check; readers see ``role``."""

    name: Text = Field(title="Name")
    role: Text = Field(title="Role", description="As readers see it, like Medical director.")
    kind: Literal["medical-lead", "prescriber", "therapist", "nurse", "other"] = Field(
        default="other",
        title="Kind",
        description="Readers don’t see it. It tells who may evaluate patients.",
    )
    license: Text | None = Field(
        default=None, title="License", description="Its kind, state and number."
    )
    about: Paragraph | None = Field(
        default=None, title="About", description="One or two sentences."
    )
    photo: Text | None = Field(
        default=None,
        title="Photo",
        description="An image of the site.",
    )
    photo_shows: Text | None = Field(
        default=None,
        title="What the photo shows",
        description="For people who can’t see it. If you leave it empty: what was typed when the "
        "image was uploaded, or else “Portrait of” and the name.",
    )
    expires: Day | None = Field(default=None, title="Last day of the license")


def names_nobody(file: Path) -> bool:
    """While it is missing or has nothing but comments."""
    text = read_text(file, Report(file.name)) if file.exists() else ""
    return text is not None and all(line.lstrip()[:1] in ("", "#") for line in text.splitlines())


class PeopleFile(Watched[tuple[Person, ...]]):
    def load(self, file: Path, report: Report) -> tuple[Person, ...] | None:
        return () if names_nobody(file) else super().load(file, report)


people_file = PeopleFile("people.yaml", tuple[Person, ...])


def evaluators() -> list[str]:
    """The names of those who can evaluate a patient; nobody while the file can't be read."""
    try:
        return [person.name for person in people_file.in_use() if person.kind in EVALUATE]
    except ContentError:
        return []
