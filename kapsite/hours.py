"""Opening hours and the promise of a reply, as an editor writes them and as people say them.

Plain Python: nothing here knows what time it is.
"""

import re
from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BeforeValidator, Field

from kapsite.datafiles import Model, wrong

ORDINALS = ("next", "second", "third", "fourth", "fifth")
CLOCK = r"(\d{1,2})(?::(\d\d))?(?: ?([ap])\.?m\.?)?"
OPEN = re.compile(rf"{CLOCK} ?(?:to|-|–) ?{CLOCK}")

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Weekday, ...] = get_args(Weekday)


class OpenHours(NamedTuple):
    opening: time
    closing: time


def read_clock(value: Any) -> time:
    text = str(value).strip().lower().replace("noon", "12 pm")
    if not (found := re.fullmatch(CLOCK, text)):
        raise wrong(f'"{value}" is not a time of day.', "Write it like 9 am, 5:30 pm or noon.")
    return clock_from(found.groups(), value)


def read_hours(value: Any) -> OpenHours:
    text = str(value).strip().lower().replace("noon", "12 pm")
    if not (found := OPEN.fullmatch(text)):
        raise wrong(f'"{value}" are no opening hours.', "Write them like 9 am to 5 pm.")
    opening, closing = (
        clock_from(part, value) for part in (found.groups()[:3], found.groups()[3:])
    )
    if opening >= closing:
        raise wrong(f'"{value}" ends before it begins.', "Write am and pm, like 9 am to 5 pm.")
    return OpenHours(opening, closing)


def clock_from(parts: tuple[str | None, ...], value: Any) -> time:
    hour, minute, half = int(parts[0] or 0), int(parts[1] or 0), parts[2]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half:
        hour = 99
    try:
        return time(hour, minute)
    except ValueError:
        raise wrong(f'"{value}" is not a time of day.', "Write it like 9 am or 17:30.") from None


class ReplyPromise(Model):
    """ "By noon on the next open day" is ``open_days: 1`` and ``by: noon``."""

    open_days: Annotated[int, Field(ge=1, le=len(ORDINALS))]
    by: Annotated[time, BeforeValidator(read_clock)]

    def __str__(self):
        day = ORDINALS[self.open_days - 1]
        return f"We reply by {clock(self.by)} on the {day} day we are open."


def clock(at: time) -> str:
    """How people say it: "noon", "9 am", "5:30 pm"."""
    if at == time(12):
        return "noon"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'am' if at.hour < 12 else 'pm'}"


def hours_in_words(hours: Mapping[Weekday, OpenHours]) -> str:
    """Neighbours with the same hours together: "Monday to Thursday 9 am to 5 pm, Friday …"."""
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
    return f"{clock(hours.opening)} to {clock(hours.closing)}"
