"""The files in content/charts/: their keys, and what a chart must not do; plain Python."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from kapsite.content_files.schema_mistakes import EACH_ENTRY, IN_FORM
from kapsite.content_files.validation import Model, Paragraph, Text, wrong

from .data_schema import Grade, SourceId


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
        raise wrong("The list is empty.", EACH_ENTRY, in_form=IN_FORM)
    return value


Sources = Annotated[tuple[SourceId, ...], AfterValidator(check_some)]
OutOf100 = Annotated[int, Field(ge=0, le=100)]
People = Annotated[int, Field(ge=1)]
Hours = Annotated[float, Field(ge=0)]
Treatment = Literal["ketamine", "esketamine", "kap", "other"]
ArmKind = Literal["treatment", "comparison"]
ABOUT: Any = Field(
    title="About", description="Needed.",
    json_schema_extra={
        "words": {
            "esketamine": "Esketamine (Spravato)",
            "other": "Something else: another treatment, or a survey or count",
        }
    },
)  # fmt: skip
SOURCES: Any = Field(title="Sources", description="Needed. Type a word of a title, and choose it.")
BADGE: Any = Field(
    default=None,
    title="How sure all studies together let us be",
    description="Needed, unless the chart is about something else.",
)


KIND_WORDS: Any = {
    "icons": "100 people, and how many of them", "bars": "Bars: how many of 100 at several times",
    "ranges": "Spans of time", "grades": "How sure studies are, by condition",
}  # fmt: skip
KIND: Any = Field(title="Kind of chart", json_schema_extra={"words": KIND_WORDS})


class Compared(Model):
    """What stands beside others in a chart."""

    label: Text = Field(title="Label", description="Needed.")
    arm: ArmKind | None = Field(
        default=None,
        title="Kind of group",
        description="Needed, unless the chart is about something else.",
    )


class Arm(Compared):
    """One group of people in a study."""

    value: OutOf100 = Field(title="How many in 100", description="Needed.")
    range: tuple[OutOf100, OutOf100] | None = Field(
        default=None, title="Where the true figure may lie",
        json_schema_extra={"labels": ["from", "to"]},
    )  # fmt: skip
    n: People | None = Field(
        default=None,
        title="People in the group",
        description="Needed, unless you fill in “People in all groups together” or “Why their "
        "number isn’t known”.",
    )
    time: Text | None = Field(default=None, title="When", description="Like after 4 weeks.")

    @model_validator(mode="after")
    def lies_within_its_range(self):
        if self.range and not self.range[0] <= self.value <= self.range[1]:
            low, high = self.range
            raise wrong(
                f"The value {self.value} isn't in the range from {low} to {high}.",
                "Compare both with the source; write the lower end of the range first.",
                ("range",),
            )
        return self


class Span(Compared):
    """From when to when, in hours; ``words`` say the same to readers."""

    from_hours: Hours = Field(title="From, in hours", description="Needed.")
    to_hours: Hours = Field(title="To, in hours", description="Needed. A week has 168 hours.")
    words: Text = Field(title="The same in words", description="Needed. Like about 1 to 4 weeks.")
    sources: Sources = SOURCES


class Condition(Model):
    """How sure the studies let us be about one condition; ``link`` leads to them."""

    label: Text = Field(title="Condition", description="Needed.")
    link: Annotated[Text, AfterValidator(check_place)] = Field(
        title="Page or section", description="Needed. Like /benefits/pain/#migraine"
    )
    esketamine: Grade | None = Field(default=None, title="Evidence for esketamine (Spravato)")
    ketamine: Grade | None = Field(default=None, title="Evidence for ketamine")
    kap: Grade | None = Field(default=None, title="Evidence for KAP")

    @property
    def grades(self) -> dict[str, str]:
        named = (("esketamine", self.esketamine), ("ketamine", self.ketamine), ("kap", self.kap))
        return {name: grade for name, grade in named if grade}


class Study(Model):
    """What a chart shows beside its figures, since the whole picture needs it."""

    title: Text = Field(title="Title", description="Needed.")
    text: Paragraph = Field(title="What it found", description="Needed.")
    sources: Sources = SOURCES


class Common(Model):
    title: Paragraph = Field(title="Title", description="Needed. The finding, as a sentence.")
    measure: Paragraph = Field(title="What was measured", description="Needed.")
    caption: Paragraph = Field(
        title="Below the chart", description="Needed. What the chart doesn’t say."
    )


class Shares(Common):
    """Figures out of 100, as dots or as bars."""

    kind: Literal["icons", "bars"] = KIND
    about: Treatment = ABOUT
    did: Text = Field(title="Those it happened to", description="Needed. Like felt much better.")
    did_not: Text = Field(title="The others", description="Needed. Like did not.")
    time: Text | None = Field(
        default=None,
        title="When",
        description="If it’s the same for all groups. It follows what was measured, after a comma.",
    )
    people: People | None = Field(default=None, title="People in all groups together")
    people_unknown: Paragraph | None = Field(default=None, title="Why their number isn’t known")
    no_comparison: Paragraph | None = Field(
        default=None,
        title="Why there is no group to compare with",
        description="Needed, if no group shows what the treatment is compared with.",
    )
    groups: Annotated[tuple[Arm, ...], AfterValidator(check_some)] = Field(title="Groups")
    other_side: Study | None = Field(
        default=None,
        title="What else people should know",
        description="Optional, all three or none. Such as a study that found nothing.",
    )
    sources: Sources = SOURCES
    badge: Grade | None = BADGE

    @property
    def people_in_all(self) -> int | None:
        """None where it is not known, or where groups at different times may be the same people."""
        if self.people or self.kind == "bars":
            return self.people
        counts = [group.n for group in self.groups if group.n]
        return sum(counts) if len(counts) == len(self.groups) else None


class Ranges(Common):
    """Spans of time on one scale."""

    kind: Literal["ranges"] = KIND
    about: Treatment = ABOUT
    groups: Annotated[tuple[Span, ...], AfterValidator(check_some)] = Field(title="Spans")
    badge: Grade | None = BADGE


class Grades(Common):
    """Evidence badges, one row for each condition."""

    kind: Literal["grades"] = KIND
    groups: Annotated[tuple[Condition, ...], AfterValidator(check_some)] = Field(title="Conditions")


Chart = Shares | Ranges | Grades
KINDS: Mapping[str, type[Chart]] = {
    "icons": Shares, "bars": Shares, "ranges": Ranges, "grades": Grades,
}  # fmt: skip
