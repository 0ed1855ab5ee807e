"""YAML text -> a validated, frozen model, with a line and a fix for whatever is wrong."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from .problems import Report
from .schema_mistakes import IN_FORM, in_plain_words
from .text_file import read_text
from .yaml_reader import NOTHING, Fill, Parsed, Place, parse


class Model(BaseModel):
    """A strict schema: unknown keys are errors, and values can't be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def wrong(message: str, fix: str, at: Place = (), in_form: str = "") -> PydanticCustomError:
    """The error a validator raises: a sentence about the value, and what to type instead.

    ``at`` says which part of the value it is about.
    """
    context = {"message": message, "fix": fix, "at": at, "in_form": in_form}
    return PydanticCustomError("wrong", "{message}", context)


YEARS = range(2000, 2101)  # of days that matter to the site


def parse_day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        day = date.fromisoformat(value)
    except ValueError:
        raise wrong(
            f'"{value}" isn\'t a date.', "Write year, month and day like 2026-11-22."
        ) from None
    if day.year not in YEARS:
        raise wrong(f'"{value}" has the year {day.year}.', "Check the year for a typo.")
    return day


def check_https(value: str) -> str:
    if not re.fullmatch(r"https://[^\s/]+\.[^\s/]+(/\S*)?", value):
        raise wrong(f'"{value}" isn\'t a secure web address.', "Begin it with https://")
    return value


MARKS = re.compile(r"\*\*?|[`\\{}]|\[[@\[^]|\]\(|~~|==|:::|''|^[•·◦]|</?\w|&#?\w+;")


def check_plain(value: str) -> str:
    """One line without Markdown: readers see it as it is."""
    if mark := MARKS.search(value):
        raise wrong(f'"{mark[0]}" would be shown literally.', "Write plain text here.")
    return " ".join(value.split())


Markdown = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Text = Annotated[Markdown, AfterValidator(check_plain)]
PARAGRAPH = "paragraph"  # noted about texts for which a form needs room
Paragraph = Annotated[Text, PARAGRAPH]
Day = Annotated[date, BeforeValidator(parse_day)]
HttpsUrl = Annotated[Text, AfterValidator(check_https)]
EMPTY_KEY = (
    "Write a value after `{}:`, or remove the line. If lines below belong to it and begin with #, "
    "remove the #."
)


def load(file: Path, kind: Any, report: Report) -> Any:
    """The file as a ``kind``: a model, or a dict or tuple of models; None after an error."""
    return load_parsed(file, kind, report)[0]


def load_parsed(
    file: Path, kind: Any, report: Report, fill: Fill | None = None
) -> tuple[Any, Parsed]:
    """The same, and the data of the file with its lines. ``fill`` completes each text in it."""
    text = read_text(file, report)
    is_list = get_origin(kind) is tuple
    parsed = parse(text, report, is_list=is_list) if text is not None else None
    if parsed is None:
        return None, NOTHING
    if fill:
        parsed = parsed.filled(fill)
    value = validate(kind, parsed, report)
    return (None if report.problems else value), parsed


def validate(kind: Any, parsed: Parsed, report: Report) -> Any:
    """``parsed`` as a ``kind``; None after an error, or when some of it is unread."""
    adapter, value, reported = TypeAdapter(kind), None, set()
    try:
        value = adapter.validate_python(parsed.data)
    except ValidationError as errors:
        found = errors.errors(include_url=False)
        for error in found:
            if error["type"] == "too_short" and any(is_in(each, error) for each in found):
                continue  # it has entries, but none without a mistake
            path = tuple(part for part in error["loc"] if part != "[key]")
            path += tuple(error.get("ctx", {}).get("at", ()))
            reported.add(path)
            if error["type"] == "missing" and path[0] in parsed.unread:
                continue
            message, fix, *in_form = in_plain_words(error, path, adapter)
            report.error(parsed.line(path), message, fix, path, *in_form)
    empty = [path for path in parsed.empty_keys() if path not in reported]
    for path in empty:
        fix = EMPTY_KEY.format(path[-1])
        report.error(parsed.line(path), f'"{path[-1]}" is empty.', fix, path, IN_FORM)
    return None if empty or parsed.unread else value


def is_in(error: Any, outer: Any) -> bool:
    """Whether the value with ``error`` is an entry of the one with ``outer``."""
    depth = len(outer["loc"])
    return len(error["loc"]) > depth and error["loc"][:depth] == outer["loc"]
