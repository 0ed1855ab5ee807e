"""Pages that change on a day, because a notice begins or ends, or a page: a set has them ahead."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypeVar

from kapsite.clinic.facts import Clinic

T = TypeVar("T")
_NAME = re.compile(r"(/?)_from/(\d{4}-\d\d-\d\d)/(.*)")


def days_of_change(clinic: Clinic, today: date, last_days: Iterable[date] = ()) -> list[date]:
    """The days after ``today`` on which a notice begins, or is over, or a page that has one of
    the ``last_days``."""
    begin = {notice.from_day for notice in clinic.notices}
    last = {notice.until for notice in clinic.notices} | set(last_days)
    over = {day + timedelta(days=1) for day in last}
    return sorted(day for day in begin | over if day > today)


def from_day(day: date, name: str) -> str:
    """The name, in a set, of what ``name`` is from ``day`` on: ``/_from/2026-12-24/risks/``."""
    slash = "/" if name.startswith("/") else ""
    return f"{slash}_from/{day.isoformat()}/{name.removeprefix('/')}"


def is_dated(name: str) -> bool:
    return _NAME.match(name) is not None


def is_page(path: str) -> bool:
    """Whether readers ask for ``path`` and get a page."""
    return path.endswith("/") and not is_dated(path)


def as_of(stored: Mapping[str, T], today: date) -> Mapping[str, T]:
    """``stored`` with what counts today in the place of what counted before."""
    found = {name: value for name, value in stored.items() if not is_dated(name)}
    for name in sorted(filter(is_dated, stored)):
        slash, day, rest = _NAME.match(name).groups()  # type: ignore[union-attr]
        if day <= today.isoformat():
            found[slash + rest] = stored[name]
    return MappingProxyType(found)
