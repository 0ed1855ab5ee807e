"""Chart files: read, and checked for what the schema can't express; plain Python."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from kapsite.content_files.problems import Report
from kapsite.content_files.text_file import read_text
from kapsite.content_files.validation import validate
from kapsite.content_files.yaml_reader import NOTHING, Parsed, Place, parse

from .chart_schema import KINDS, Chart, Grades, Ranges, Shares
from .citations import wrong_with_source
from .data_schema import Grade, Source

# Where it is, what is wrong, and the fix; in a form, too, if that differs.
Found = tuple[Place, str, str] | tuple[Place, str, str, str]
NEVER_TOGETHER = {  # how each may be called in a chart
    "esketamine": re.compile(r"\b(?:esketamine|spravato)\b", re.IGNORECASE),
    "kap": re.compile(r"\bKAP\b|\bketamine(?:-assisted| with (?:talk )?therapy)", re.IGNORECASE),
}

OUR_TREATMENTS = re.compile(r"ketamine|spravato|\bKAP\b", re.IGNORECASE)


def chart_files(content_dir: Path) -> list[Path]:
    return sorted((content_dir / "charts").glob("*.yaml"))


def read_chart(
    file: Path, sources: Mapping[str, Source] | None, report: Report
) -> tuple[Chart | None, Parsed]:
    """The chart (None after an error), and the data of its file with the lines."""
    text = read_text(file, report)
    parsed = parse(text, report) if text is not None else None
    if parsed is None:
        return None, NOTHING
    kind = KINDS.get(str(parsed.data.get("kind")))
    if kind is None and "kind" in parsed.unread:
        return None, parsed
    if kind is None:
        report.error(parsed.line(("kind",)), "The kind of the chart isn't valid.", NAME_A_KIND)
        return None, parsed
    chart = validate(kind, parsed, report)
    for place, message, fix, *in_form in problems_of(chart, parsed, sources) if chart else ():
        report.error(parsed.line(place), message, fix, place, *in_form)
    return (None if report.problems else chart), parsed


NAME_A_KIND = f"Write a line `kind: ` with one of: {', '.join(KINDS)}."


def problems_of(
    chart: Chart, parsed: Parsed, sources: Mapping[str, Source] | None
) -> Iterator[Found]:
    """Problems that the schema can't express."""
    if sources is not None:
        for place, text in parsed.texts():
            if place[-2:-1] == ("sources",) and (found := wrong_with_source(text, sources)):
                yield place, *found
    if isinstance(chart, Grades):
        return
    yield from hidden_treatment(chart, parsed)
    yield from missing_from(chart)
    if isinstance(chart, Ranges):
        yield from reversed_spans(chart)
    yield from mixed_treatments(chart, parsed)


def missing_from(chart: Shares | Ranges) -> Iterator[Found]:
    """What the schema lets be empty, since only some charts need it."""
    yield from missing_arms(chart)
    yield from missing_badge(chart)
    if isinstance(chart, Shares):
        yield from missing_comparison(chart)
        yield from missing_counts(chart)


def missing_arms(chart: Shares | Ranges) -> Iterator[Found]:
    """Only the groups of a survey or a count, which are all alike, are no arms of a study."""
    if has_no_arms(chart):
        return
    for index, group in enumerate(chart.groups):
        if group.arm is None:
            message = f'The group "{group.label}" doesn\'t say which kind it is.'
            fix = "Add `arm: treatment` or `arm: comparison`."
            yield ("groups", index, "arm"), message, fix, "Choose one of the list."


def hidden_treatment(chart: Shares | Ranges, parsed: Parsed) -> Iterator[Found]:
    """Nobody gets round the comparison by calling results of a treatment a survey."""
    if not has_no_arms(chart):
        return
    message = "This chart names one of our treatments, and says that it is about something else."
    fix = "Write that treatment as `about: `, and compare, or say why not: `no_comparison: …`."
    in_form = (
        "Choose the treatment as “About”, and fill in “Kind of group” or “Why there is no group to "
        "compare with”."
    )
    for place, text in parsed.texts():
        if place[0] != "caption" and OUR_TREATMENTS.search(text):
            yield place, message, fix, in_form
            return


def has_no_arms(chart: Shares | Ranges) -> bool:
    return chart.about == "other" and not any(group.arm for group in chart.groups)


def missing_comparison(chart: Shares) -> Iterator[Found]:
    """Every time needs the figures of both a treatment and a comparison group."""
    if chart.no_comparison or has_no_arms(chart) or not all(group.arm for group in chart.groups):
        return
    for time in dict.fromkeys(group.time for group in chart.groups):
        arms = {group.arm for group in chart.groups if group.time == time}
        if len(arms) < 2:
            first = next(i for i, group in enumerate(chart.groups) if group.time == time)
            missing = "comparison" if "treatment" in arms else "treatment"
            message = f"The {missing} group is missing" + (f" at {time}." if time else ".")
            fix = f"Add a group with `arm: {missing}`, or tell readers why there is none "
            yield ("groups", first, "arm"), message, fix + "with `no_comparison: …`."


def missing_counts(chart: Shares) -> Iterator[Found]:
    fix = "Add `n: …`, or `people: …`, or tell readers why it is not known with "
    for index, group in enumerate(chart.groups):
        if group.n is None and not (chart.people or chart.people_unknown):
            message = f'The group "{group.label}" doesn\'t say how many people it had.'
            yield ("groups", index, "n"), message, fix + "`people_unknown: …`."


def missing_badge(chart: Shares | Ranges) -> Iterator[Found]:
    """Only the studies of something else may be left without a grade."""
    if chart.badge is None and chart.about != "other":
        message = f'"badge" is missing from a chart about {chart.about}.'
        fix = f"Write `badge: ` with one of: {', '.join(get_args(Grade))}."
        yield ("badge",), message, fix, "Choose one of the list."


def reversed_spans(chart: Ranges) -> Iterator[Found]:
    for index, span in enumerate(chart.groups):
        if span.from_hours >= span.to_hours:
            fix = "Write the smaller number in `from_hours`."
            yield ("groups", index, "from_hours"), "The span ends before it begins.", fix


def mixed_treatments(chart: Shares | Ranges, parsed: Parsed) -> Iterator[Found]:
    """A chart never shows results of both KAP and Spravato."""
    message = "KAP and Spravato (esketamine) are in one chart."
    fix = "Make a chart for each: the treatments differ, and so do their studies."
    first: str | None = chart.about if chart.about in NEVER_TOGETHER else None
    for place, text in parsed.texts():
        if place[0] in ("about", "caption", "other_side"):  # they may say what it is not about
            continue
        for name, words in NEVER_TOGETHER.items():
            if words.search(text) and (first := first or name) != name:
                yield place, message, fix
