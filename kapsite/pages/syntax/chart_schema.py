"""The files in content/charts/: their keys, and what a chart must not do; plain Python."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from kapsite.content_files.validation import Model, Text, wrong

from .schema import Grade, SourceId


def check_place(value: str) -> str:
    if not re.fullmatch(r"(?:/(?:[a-z0-9-]+/)+)?(?:#[a-z][a-z0-9-]*)?", value):
        raise wrong(
            f'"{value}" isn\'t a page or a section of the page.',
            'Write it like /benefits/depression/ or "#depression".',
        )
    return value


def check_some(value: tuple) -> tuple:
    """After the entries: what is wrong with one of them is said without this."""
    if not value:
        raise wrong("The list is empty.", "Write each entry on its own line: `- …`.")
    return value


Sources = Annotated[tuple[SourceId, ...], AfterValidator(check_some)]
OutOf100 = Annotated[int, Field(ge=0, le=100)]
People = Annotated[int, Field(ge=1)]
Hours = Annotated[float, Field(ge=0)]
Treatment = Literal["ketamine", "esketamine", "kap"]


class Arm(Model):
    """One group of people in a study."""

    label: Text
    arm: Literal["treatment", "comparison"]
    value: OutOf100
    range: tuple[OutOf100, OutOf100] | None = None  # where the true figure may lie
    n: People | None = None
    time: Text | None = None

    @model_validator(mode="after")
    def lies_within_its_range(self):
        if self.range and not self.range[0] <= self.value <= self.range[1]:
            low, high = self.range
            raise wrong(
                f"The value {self.value} isn't in the range from {low} to {high}.",
                "Compare both with the source; write the lower end of the range first.",
            )
        return self


class Span(Model):
    """From when to when, in hours; ``words`` say the same to readers."""

    label: Text
    arm: Literal["treatment", "comparison"]
    from_hours: Hours
    to_hours: Hours
    words: Text
    sources: Sources


class Condition(Model):
    """How sure the studies let us be about one condition; ``link`` leads to them."""

    label: Text
    link: Annotated[Text, AfterValidator(check_place)]
    esketamine: Grade | None = None
    ketamine: Grade | None = None
    kap: Grade | None = None

    @property
    def grades(self) -> dict[str, str]:
        named = (("esketamine", self.esketamine), ("ketamine", self.ketamine), ("kap", self.kap))
        return {name: grade for name, grade in named if grade}


class Study(Model):
    """What a chart shows beside its figures, since the whole picture needs it."""

    title: Text
    text: Text
    sources: Sources


class Common(Model):
    title: Text  # the finding
    measure: Text
    caption: Text  # what the chart is not


class Shares(Common):
    """Figures out of 100, as dots or as bars."""

    kind: Literal["icons", "bars"]
    about: Treatment
    did: Text
    did_not: Text
    time: Text | None = None
    people: People | None = None
    people_unknown: Text | None = None
    no_comparison: Text | None = None
    groups: Annotated[tuple[Arm, ...], AfterValidator(check_some)]
    other_side: Study | None = None
    sources: Sources
    badge: Grade

    @property
    def people_in_all(self) -> int | None:
        """None where it is not known, or where groups at different times may be the same people."""
        if self.people or self.kind == "bars":
            return self.people
        counts = [group.n for group in self.groups if group.n]
        return sum(counts) if len(counts) == len(self.groups) else None


class Ranges(Common):
    """Spans of time on one scale."""

    kind: Literal["ranges"]
    about: Treatment
    groups: Annotated[tuple[Span, ...], AfterValidator(check_some)]
    badge: Grade


class Grades(Common):
    """Evidence badges, one row for each condition."""

    kind: Literal["grades"]
    groups: Annotated[tuple[Condition, ...], AfterValidator(check_some)]


Chart = Shares | Ranges | Grades
KINDS: Mapping[str, type[Chart]] = {
    "icons": Shares, "bars": Shares, "ranges": Ranges, "grades": Grades,
}  # fmt: skip
