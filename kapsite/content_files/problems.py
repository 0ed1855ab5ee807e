"""Problems in a file, explained so that its author can fix them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import groupby
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing to fix. ``line`` counts from 1 in the file as the editor sees it.

    Keys stand in backticks and files by their names, as in "`details` in sources.yaml": where they
    are fields of a form, they are called as these are. ``in_form`` is the fix for a form, if
    ``fix`` is about lines and signs.
    """

    file: str
    line: int
    message: str
    fix: str
    level: str = "error"  # or "warning": worth a look, but it doesn't stop publishing
    place: tuple[str | int, ...] = field(default=(), compare=False)  # of the value, where known
    in_form: str = field(default="", compare=False)

    def __str__(self):
        return f"{self.file}:{self.line}: {self.message} Fix: {self.fix}"


class ContentError(Exception):
    """Content that can't be used, with every problem in it."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(in_order(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Report:
    """Collects the problems of one file."""

    def __init__(self, file: str):
        self.file = file
        self.problems: list[Problem] = []

    def error(
        self,
        line: int,
        message: str,
        fix: str,
        place: tuple[str | int, ...] = (),
        in_form: str = "",
    ):
        found = Problem(self.file, line, message, fix, place=place, in_form=in_form)
        self.problems.append(found)

    def raise_errors(self):
        if errors := errors_among(self.problems):
            raise ContentError(errors)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems by file and line, each once."""
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line))


def errors_among(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.level == "error"]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A fix that names the closest known word, or all of them if none is close."""
    known = sorted(known)
    near = {word.lower(): word for word in known}
    if match := get_close_matches(word.lower(), near, n=1):
        return f'Did you mean "{near[match[0]]}"?'
    if len(known) > 20:
        return "Check the spelling."
    return f"Write one of: {', '.join(known)}."


def listing(problems: Iterable[Problem], style: Any) -> str:
    """The problems grouped by file, and their count. ``style`` is a management command's."""
    paint: dict[str, Callable[[str], str]] = {"error": style.ERROR, "warning": style.WARNING}
    problems = in_order(problems)
    lines = []
    for file, group in groupby(problems, key=lambda problem: problem.file):
        lines.append(style.MIGRATE_HEADING(file))
        for problem in group:
            lines.append(f"  line {problem.line}: {paint[problem.level](problem.message)}")
            lines.append(f"    Fix: {problem.fix}")
        lines.append("")
    errors = len(errors_among(problems))
    lines.append(f"{count(errors, 'error')}, {count(len(problems) - errors, 'warning')}.")
    return "\n".join(lines)


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
