"""The files in content/charts/: their keys, and what a chart must not do; plain Python."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from kapsite.content_files.problems import Problem, Report
from kapsite.content_files.validation import Model, Text, validate, wrong
from kapsite.content_files.yaml_reader import NOTHING, Parsed, parse, read_text

from .citations import wrong_with_source
from .schema import Grade, Source, SourceId


def check_share(value: int) -> int:
    if not 0 <= value <= 100:
        raise wrong(f"{value} is not a figure out of 100.", "Write a whole number from 0 to 100.")
    return value


def check_people(value: int) -> int:
    if value < 1:
        raise wrong(f"{value} is not a number of people.", "Write how many there were.")
    return value


def check_hours(value: float) -> float:
    if value < 0:
        raise wrong(f"{value} is before the beginning.", "Count hours from 0.")
    return value


def check_anchor(value: str) -> str:
    if not re.fullmatch(r"#[a-z][a-z0-9-]*", value):
        raise wrong(f'"{value}" is no part of the page.', 'Write it like "#depression".')
    return value


def check_some(value: tuple) -> tuple:
    """After the entries: what is wrong with one of them is said without this."""
    if not value:
        raise wrong("The list is empty.", "Write each entry on its own line: `- …`.")
    return value


Sources = Annotated[tuple[SourceId, ...], AfterValidator(check_some)]
OutOf100 = Annotated[int, AfterValidator(check_share)]
People = Annotated[int, AfterValidator(check_people)]
Hours = Annotated[float, AfterValidator(check_hours)]
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
                f"The value {self.value} does not lie in the range from {low} to {high}.",
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
    link: Annotated[Text, AfterValidator(check_anchor)]
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
    """Evidence badges, one row for each condition of the page."""

    kind: Literal["grades"]
    groups: Annotated[tuple[Condition, ...], AfterValidator(check_some)]


Chart = Shares | Ranges | Grades
KINDS: Mapping[str, type[Chart]] = {
    "icons": Shares, "bars": Shares, "ranges": Ranges, "grades": Grades,
}  # fmt: skip
NEVER_TOGETHER = {  # how each may be called in a chart
    "esketamine": re.compile(r"\b(?:esketamine|spravato)\b", re.IGNORECASE),
    "kap": re.compile(r"\bKAP\b|\bketamine(?:-assisted| with (?:talk )?therapy)", re.IGNORECASE),
}


def chart_files(content_dir: Path) -> list[Path]:
    return sorted((content_dir / "charts").glob("*.yaml"))


def read_chart(
    file: Path, sources: Mapping[str, Source] | None, report: Report
) -> tuple[Chart | None, Parsed]:
    """The chart, or None after an error; and where everything in its file stands."""
    text = read_text(file, report)
    parsed = parse(text, report) if text is not None else None
    if parsed is None:
        return None, NOTHING
    kind = KINDS.get(str(parsed.data.get("kind")))
    if kind is None and "kind" in parsed.unread:
        return None, parsed
    if kind is None:
        report.error(parsed.line(("kind",)), "The kind of the chart is not known.", NAME_A_KIND)
        return None, parsed
    chart = validate(kind, parsed, report)
    if chart:
        report.problems += problems_of(chart, parsed, sources, report.file)
    return (None if report.problems else chart), parsed


NAME_A_KIND = f"Write a line `kind: ` with one of: {', '.join(KINDS)}."


def problems_of(
    chart: Chart, parsed: Parsed, sources: Mapping[str, Source] | None, file: str
) -> Iterator[Problem]:
    """What the schema cannot say."""
    if sources is not None:
        for path, source in sources_named(parsed):
            if found := wrong_with_source(source, sources):
                yield Problem(file, parsed.line(path), *found)
    if isinstance(chart, Shares):
        yield from one_sided(chart, parsed, file)
        yield from uncounted(chart, parsed, file)
    if isinstance(chart, Ranges):
        yield from backward(chart, parsed, file)
    if not isinstance(chart, Grades):
        yield from blended(chart, parsed, file)


def sources_named(parsed: Parsed) -> Iterator[tuple[tuple, str]]:
    for path, text in parsed.texts():
        if len(path) > 1 and path[-2] == "sources":
            yield path, text


def one_sided(chart: Shares, parsed: Parsed, file: str) -> Iterator[Problem]:
    """Figures need those of a comparison group beside them, at each time."""
    if chart.no_comparison:
        return
    for time in dict.fromkeys(group.time for group in chart.groups):
        arms = {group.arm for group in chart.groups if group.time == time}
        if len(arms) < 2:
            first = next(i for i, group in enumerate(chart.groups) if group.time == time)
            missing = "comparison" if "treatment" in arms else "treatment"
            yield Problem(
                file,
                parsed.line(("groups", first)),
                f"The {missing} group is missing" + (f" at {time}." if time else "."),
                f"Add a group with `arm: {missing}`, or tell readers why there is none "
                "with `no_comparison: …`.",
            )


def uncounted(chart: Shares, parsed: Parsed, file: str) -> Iterator[Problem]:
    if chart.people or chart.people_unknown:
        return
    for index, group in enumerate(chart.groups):
        if group.n is None:
            yield Problem(
                file,
                parsed.line(("groups", index)),
                f'The group "{group.label}" does not say how many people it had.',
                "Add `n: …`, or `people: …` for all groups together, or tell readers why it is "
                "not known with `people_unknown: …`.",
            )


def backward(chart: Ranges, parsed: Parsed, file: str) -> Iterator[Problem]:
    for index, span in enumerate(chart.groups):
        if span.from_hours >= span.to_hours:
            yield Problem(
                file,
                parsed.line(("groups", index, "from_hours")),
                "The span ends before it begins.",
                "Write the smaller number after from_hours.",
            )


def blended(chart: Shares | Ranges, parsed: Parsed, file: str) -> Iterator[Problem]:
    """Results of KAP and of Spravato are never shown in one picture."""
    first: str | None = chart.about if chart.about in NEVER_TOGETHER else None
    for path, text in parsed.texts():
        if path[0] in ("about", "caption", "other_side"):  # they may say what it is not about
            continue
        for name, words in NEVER_TOGETHER.items():
            if words.search(text) and (first := first or name) != name:
                yield Problem(
                    file,
                    parsed.line(path),
                    "KAP and Spravato (esketamine) stand in one chart.",
                    "Draw a chart for each: they are different things, tested in different ways.",
                )
