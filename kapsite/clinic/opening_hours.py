"""Opening hours and the reply promise, as editors write them and as people say them.

Plain Python: nothing here knows what time it is.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import time
from itertools import chain, pairwise
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BeforeValidator, Field

from kapsite.content_files.validation import Model, wrong

ORDINALS = ("next", "second", "third", "fourth", "fifth")
DASHES = re.compile("[‐‑‒–—―−~]")
NOON = re.compile(r"\b(?:12 ?)?(?:noon|midday)\b")
CLOCK = r"(\d{1,2})(?: ?[:.]? ?(\d\d))?(?: ?([ap])(?:\. ?)?m?\.?)?"
SPAN = re.compile(rf"(?:from )?{CLOCK} ?(?:to|-+|until|till?|through) ?{CLOCK}")
NEXT_SPAN = re.compile(r" ?(?:[,;/&+]|\band\b|\bthen\b)[ ,;]*")
EARLY = time(6)  # earlier hours must say "am"
LIKE_THIS = "Write them like 9 am to 5 pm, or with a break: 9 am to noon, 1 pm to 5 pm."

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Weekday, ...] = get_args(Weekday)


class OpenHours(NamedTuple):
    """One day. ``breaks`` are those within it, such as lunch, each with its start and end."""

    opening: time
    closing: time
    breaks: tuple[tuple[time, time], ...] = ()

    @property
    def spans(self) -> Iterator[tuple[time, time]]:
        """The open times: one span, or one before and after each break."""
        edges = [self.opening, *chain(*self.breaks), self.closing]
        yield from zip(edges[::2], edges[1::2], strict=True)


# What staff's deadlines count by while clinic.yaml has no hours. Patients never read it.
ASSUMED_HOURS = dict.fromkeys(DAYS[:5], OpenHours(time(9), time(17)))
NO_HOURS = (
    "The clinic's opening hours are not known. Staff's deadlines count Monday to Friday, 9 am to "
    "5 pm, and a request is due by the end of the next working day."
)
ADD_HOURS = (
    "Add `hours:` to clinic.yaml, with a line for each open day, like `monday: 9 am to 5 pm`."
)


def plain(value: Any) -> str:
    """Lowercase, with plain spaces and hyphens."""
    text = DASHES.sub("-", unicodedata.normalize("NFKC", str(value)).lower())
    return NOON.sub("12 pm", " ".join(text.split()))


def read_clock(value: Any) -> time:
    if not (found := re.fullmatch(CLOCK, plain(value))):
        raise wrong(f'"{value}" isn\'t a time of day.', "Write it like 9 am, 5:30 pm or noon.")
    at = clock_from(found.groups(), value)
    if at < EARLY and not found[3]:
        raise wrong(f'"{value}" is at night.', "Write am or pm, like 5 pm.")
    return at


def read_hours(value: Any) -> OpenHours:
    """ "9 am to 5 pm", "09:00-17:00", or several spans, as a list too."""
    if value is None or plain(value) == "closed":
        fix = "Remove the line. Days you leave out are closed."
        raise wrong("There are no hours here.", fix, in_form="Leave a closed day empty.")
    written = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    spans = [read_span(part, written) for part in NEXT_SPAN.split(plain(written).strip(" ,;"))]
    breaks = [(before[1], after[0]) for before, after in pairwise(spans) if before[1] != after[0]]
    if any(start > end for start, end in breaks):
        raise wrong(f'"{written}": one part begins before the last one ends.', LIKE_THIS)
    return OpenHours(spans[0][0], spans[-1][1], tuple(breaks))


def read_span(part: str, value: str) -> tuple[time, time]:
    if not (found := SPAN.fullmatch(part)):
        raise wrong(f'"{value}" aren\'t opening hours.', LIKE_THIS)
    hour, minute, half = found.groups()[:3]
    opening, closing = (clock_from(at, value) for at in ((hour, minute, half), found.groups()[3:]))
    if not half and found[6] == "p" and 1 <= int(hour) <= 12:  # "1 to 5 pm", but not "9 to 5 pm"
        afternoon = clock_from((hour, minute, "p"), value)
        opening = afternoon if afternoon < closing else opening
    if opening >= closing:
        raise wrong(f'"{value}" ends before it begins.', "Write am and pm, like 9 am to 5 pm.")
    if opening < EARLY and not half:
        raise wrong(f'"{value}" begins at night.', "Write am and pm, like 1 pm to 5 pm.")
    return opening, closing


def clock_from(parts: tuple[str | None, ...], value: Any) -> time:
    hour, minute, half = int(parts[0] or 0), int(parts[1] or 0), parts[2]
    if half == "a" and hour == 12:
        raise wrong(f'"{value}": 12 am is midnight.', "Write noon for the middle of the day.")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half:
        hour = 99
    try:
        return time(hour, minute)
    except ValueError:
        raise wrong(f'"{value}" isn\'t a time of day.', "Write it like 9 am or 17:30.") from None


class ReplyPromise(Model):
    """ "By noon on the next open day" is ``open_days: 1`` and ``by: noon``."""

    open_days: Annotated[int, Field(ge=1, le=len(ORDINALS))] = Field(
        title="Open days", description="1 is the next day you’re open after the request came."
    )
    by: Annotated[time, BeforeValidator(read_clock)] = Field(
        title="By what time", description="Like noon, or 5 pm."
    )

    def __str__(self):
        day = ORDINALS[self.open_days - 1]
        return f"We aim to reply by {clock(self.by)} on the {day} day we’re open."


def clock(at: time) -> str:
    """How people say it: "noon", "9 am", "5:30 pm"."""
    if at == time(12):
        return "noon"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'am' if at.hour < 12 else 'pm'}"


def hours_in_words(hours: Mapping[Weekday, OpenHours]) -> str:
    """Neighbors with the same hours together: "Monday to Thursday 9 am to 5 pm, Friday …"."""
    runs: list[list[Weekday]] = []
    for day in DAYS:
        if day not in hours:
            continue
        before = DAYS[DAYS.index(day) - 1]
        if runs and runs[-1][-1] == before and hours[before] == hours[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(f"{days_in_words(run)} {times_in_words(hours[run[0]])}" for run in runs)


def days_in_words(run: list[Weekday]) -> str:
    first, last = run[0].capitalize(), run[-1].capitalize()
    joint = " and " if len(run) == 2 else " to "
    return first if len(run) == 1 else f"{first}{joint}{last}"


def times_in_words(hours: OpenHours) -> str:
    return " and ".join(f"{clock(start)} to {clock(end)}" for start, end in hours.spans)
