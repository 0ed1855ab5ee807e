"""Phone numbers: read in any notation people type, kept and linked in one. Plain Python.

That one is E.164, with an extension as in RFC 3966: ``+14255550133;ext=12``. It holds no space,
so several numbers are kept as one text with a space between.
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from .cleaning import normalize

HOME = "US"  # the country of a number that names none
HOME_CODE = 1  # shared with Canada and the Caribbean
LONGEST = 200  # characters that are read: as many as the search field takes
HOME_DIGITS = 10
MOST_DIGITS = 15  # of a number anywhere: E.164
EXTENSION = ";ext="

HYPHENS = "‐‑‒–—―−⁃﹘﹣-·•‧∙⋅・･▪●_~*=|\\"  # what people put between digits
BRACKETS = "()[]{}<>"
SIGNS = str.maketrans(
    dict.fromkeys(HYPHENS, "-") | dict.fromkeys(BRACKETS, " ") | {"⁄": "/", "∕": "/", "×": "x"}
)
TRUNK_ZERO = re.compile(r"(?<=\+)(\d{1,3})[\s.-]*\(\s*0?[01]\s*\)")  # "+44 (0)20"
MEXICAN_MOBILE = re.compile(r"(\+\s*52)[\s.-]*1(?=[\s.-]*\d\d)")  # dropped in 2019, still typed
FROM_ABROAD = re.compile(r"(^|[^\W\d]|[:;,/])([\s.:-]*)(?:00|011)[\s.-]*(?=[1-9])")  # as dialed
LABELED = re.compile(
    r"(?<=\d)(?:\D{0,20}?(?<![^\W\d_])"
    r"(?:ext?[^\W\d_]*|xtn?|int|interno|anexo|poste|durchwahl|доб[^\W\d_]*)"
    r"(?![^\W\d_])[^\d+]{0,12}?|[\s,;.-]*[x#][\s.:]*|\s*,,+\s*)"
    r"(\d{1,9})(?!\d|[\s.-]\d{3}[\s.-]\d{4})",
    re.IGNORECASE,
)
SECOND_EXTENSION = re.compile(r"(;ext=\d+)(?:\W*;ext=\d+)+")  # "x12, x14": the first is dialed
# Three, three and four digits, whatever is around them: a birth date, hours, another number.
AT_HOME = re.compile(
    r"(?<!\d)(?:1\W{0,3})?([2-9]\d\d)\W{0,3}([2-9]\d\d)\W{0,3}(\d{4})(?!\d)(;ext=\d+)?"
)
WITH_CODE = re.compile(r"\+[\s\d./-]*")


class Fault(Enum):
    """Why a number can't be dialed."""

    NO_AREA_CODE = "no area code"
    NO_SUCH_CODE = "no such country code"
    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    WRONG_LENGTH = "wrong length"


class Finding(NamedTuple):
    fault: Fault
    code: int | None = None  # the country code that was typed


def phone_numbers(typed: str) -> list[str]:
    """Every number in ``typed`` that could be dialed, in the one notation, each once.

    >>> phone_numbers("425.555.0133 ext. 12 or 00 52 55 1234 5678")
    ['+14255550133;ext=12', '+525512345678']
    """
    return list(read_numbers(typed))


@lru_cache(maxsize=8)  # of one sent form it is asked three times
def read_numbers(typed: str) -> tuple[str, ...]:
    for text in readings(typed):
        if found := [one_notation(number) for number in numbers_in(text)]:
            return tuple(dict.fromkeys(found))
    return ()


def base_of(number: str) -> str:
    """The number without its extension: what a text reaches, and what a search looks for."""
    return number.partition(EXTENSION)[0]


def extension_of(number: str) -> str:
    return number.partition(EXTENSION)[2]


def readable(number: str) -> str:
    """As people write it: "(425) 555-0133 ext. 12", and with the country code if it is another."""
    parsed = phonenumbers.parse(base_of(number))
    is_home = parsed.country_code == HOME_CODE
    style = PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL
    extension = extension_of(number)
    return phonenumbers.format_number(parsed, style) + (f" ext. {extension}" if extension else "")


def is_assigned(number: str) -> bool:
    """Whether numbers like it exist. Not "+15555555555": there is no area code 555."""
    return phonenumbers.is_valid_number(phonenumbers.parse(base_of(number)))


def dialed(text: str, *, as_text: bool = False) -> str:
    """For the link of a number in our own content, also one that only works here: "988"."""
    number = next(iter(phone_numbers(text)), re.sub(r"[^+\d]", "", text))
    return base_of(number) if as_text else number


def find_fault(typed: str) -> Finding:
    """Why nothing in ``typed`` can be dialed; for text in which ``phone_numbers`` finds none."""
    text = next(readings(typed))
    if with_code := WITH_CODE.search(text):
        return fault_of(with_code[0])
    digits = sum(map(str.isdigit, text))
    is_long = HOME_DIGITS < digits <= MOST_DIGITS
    return Finding(Fault.TOO_LONG if is_long else Fault.NO_AREA_CODE)


def fault_of(text: str) -> Finding:
    try:
        number = phonenumbers.parse(text)
    except NumberParseException as error:
        no_code = error.error_type == NumberParseException.INVALID_COUNTRY_CODE
        return Finding(Fault.NO_SUCH_CODE if no_code else Fault.TOO_SHORT)
    faults = {
        ValidationResult.TOO_LONG: Fault.TOO_LONG,
        ValidationResult.INVALID_LENGTH: Fault.WRONG_LENGTH,
    }
    result = phonenumbers.is_possible_number_with_reason(number)
    return Finding(faults.get(result, Fault.TOO_SHORT), number.country_code)


def readings(typed: str) -> Iterator[str]:
    """``typed`` in plain signs; then without digits that belong to no number that is dialed."""
    text = plain(typed[:LONGEST])
    without_zero = TRUNK_ZERO.sub(r"\1 ", text)
    for reading in dict.fromkeys((text, without_zero, MEXICAN_MOBILE.sub(r"\1 ", text))):
        labeled = LABELED.sub(rf"{EXTENSION}\1", reading.translate(SIGNS))
        yield FROM_ABROAD.sub(r"\1\2+", SECOND_EXTENSION.sub(r"\1", labeled))


def plain(text: str) -> str:
    """Digits of every script as ASCII, wide forms narrow, and nothing that has no width."""
    text = normalize("NFKC", text)[: 2 * LONGEST]
    digits = (str(unicodedata.decimal(sign, sign)) for sign in text)
    return "".join(sign for sign in digits if unicodedata.category(sign) not in ("Cf", "Mn"))


def numbers_in(text: str) -> list[PhoneNumber]:
    for find in (numbers_at_home, numbers_anywhere, number_in_letters):
        if found := [number for number in find(text) if is_possible(number)]:
            return found
    return []


def numbers_at_home(text: str) -> Iterator[PhoneNumber]:
    if "+" not in text:
        for *digits, extension in AT_HOME.findall(text):
            number = int("".join(digits))
            yield PhoneNumber(HOME_CODE, number, extension.removeprefix(EXTENSION) or None)


def numbers_anywhere(text: str) -> Iterator[PhoneNumber]:
    for match in phonenumbers.PhoneNumberMatcher(text, HOME, phonenumbers.Leniency.POSSIBLE):
        yield match.number


def number_in_letters(text: str) -> Iterator[PhoneNumber]:
    """425-KAP-TEST."""
    with contextlib.suppress(NumberParseException):
        yield phonenumbers.parse(text, HOME)


def is_possible(number: PhoneNumber) -> bool:
    """Has it as many digits as a number with an area code?"""
    result = phonenumbers.is_possible_number_with_reason(number)
    return result == ValidationResult.IS_POSSIBLE


def one_notation(number: PhoneNumber) -> str:
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return written + (EXTENSION + number.extension if number.extension else "")
