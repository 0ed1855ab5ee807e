"""Facts in data files that hold until a day: ``expires``."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from kapsite.content_files.problems import Problem
from kapsite.content_files.yaml_reader import Parsed, Place
from kapsite.pages.load.site import Site


class ExpiringFact(NamedTuple):
    name: str
    file: str
    line: int
    day: date  # the last one
    place: Place


def expiring_facts(site: Site) -> Iterator[ExpiringFact]:
    """Every fact with a last day, of each file that has no errors."""
    for file, parsed in site.data.lines.items():
        for place, text in parsed.texts():
            if "expires" in place and (day := day_in(text)):
                name = name_of(place, parsed)
                yield ExpiringFact(name, site.name(file), parsed.line(place), day, place)


def day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # reported by the schema
        return None


def name_of(place: Place, parsed: Parsed) -> str:
    """ "prices" for one listed under ``expires``; else the name, or the key, of its entry."""
    if place[-1] != "expires":
        return str(place[-1])
    entry: Any = parsed.data
    for step in place[:-1]:
        entry = entry[step]
    return str(entry.get("name") or place[-2])


def facts_are_current(site: Site, today: date) -> Iterator[Problem]:
    for fact in expiring_facts(site):
        if fact.day < today:
            message = f'"{fact.name}": this information expired on {fact.day}.'
            fix = "Find out what is true now, then correct it and its date."
            yield Problem(fact.file, fact.line, message, fix, "warning", fact.place)
