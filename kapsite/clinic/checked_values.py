"""Phone numbers, addresses and time zones as an editor may write them."""

import re
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from kapsite.content_files.problems import did_you_mean
from kapsite.content_files.validation import wrong
from kapsite.text.phone_numbers import is_assigned, phone_numbers, readable

WORDS = re.compile(r"(?<![a-z])(?!(?:ext|extension|x)[\s.:]*\d)[a-z]+")  # but not "ext. 12"
SHORT = re.compile(r"988|\d11|\d{5,6}")
EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]+(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.I
)


class Phone(NamedTuple):
    """A phone number for links (``+14256545433``) and for readers (``(425) 654-5433``).

    With an extension ``+14256545433;ext=12`` and ``(425) 654-5433 ext. 12``.
    """

    number: str
    display: str


def read_phone(value: Any) -> Any:
    number = the_number(value) if isinstance(value, str) else None
    if number is None:
        raise wrong(f'"{value}" isn\'t a phone number.', "Write it like (425) 654-5433.")
    return Phone(number, readable(number))


def the_number(value: str) -> str | None:
    """The one number that ``value`` is; None when it is no number, or says more."""
    found = phone_numbers(value)
    if len(found) != 1 or not is_assigned(found[0]):
        return None
    typed, kept = (re.sub(r"\D", "", text) for text in (value, found[0]))
    is_whole = typed in (kept, kept.removeprefix("1")) or re.search(r"\d.*[A-Z]{3}|\+(?!1)", value)
    return found[0] if is_whole and not WORDS.search(value) else None


def can_be_dialed(value: str) -> bool:
    """Whether it is a number such as 988, a short one for texts, or that of a phone."""
    digits = re.sub(r"[\s().-]", "", value)
    return SHORT.fullmatch(digits) is not None or the_number(value) is not None


def check_crisis_number(value: str) -> str:
    if not can_be_dialed(value):
        raise wrong(
            f'"{value}" isn\'t a number to call or text.',
            "Write only the number, like 988 or 1-800-662-4357. Put other words in `call_note`.",
        )
    return value


def check_email(value: str) -> str:
    if not EMAIL.fullmatch(value):
        raise wrong(f'"{value}" isn\'t an email address.', "Write it like hello@example.org.")
    return value


def check_time_zone(value: str) -> str:
    """A place. Others, such as EST and Etc/GMT+8, know no daylight saving time."""
    places = {name for name in available_timezones() if "/" in name and name[:4] != "Etc/"}
    if value not in places:
        hint = did_you_mean(value, places)
        raise wrong(f'"{value}" isn\'t a time zone.', f"Write it like America/Los_Angeles. {hint}")
    return value
