"""Mistakes in YAML: found entry by entry, and explained in plain words."""

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from textwrap import dedent
from typing import Any

import yaml

from .problems import Report

QUOTE_IT = 'Put the whole value in quotes, like title: "KAP: what it is".'
TAB_MISTAKE = "This line begins with a tab.", "Use two spaces instead of the tab."
TAB = re.compile(r"^ *\t", re.MULTILINE)
SYNTAX_ERRORS = (yaml.MarkedYAMLError, ValueError, OverflowError, RecursionError)
ENTRY = {
    True: re.compile(r"-(?: |$)"),
    False: re.compile(r"[^\s#-]"),
}  # how an entry of a list, or of a mapping, begins
START = yaml.Mark("", 0, 0, 0, None, 0)
DEEPEST = 3  # levels of entries within entries that are looked at one by one
MISTAKES = (  # part of PyYAML's message, ours, and the fix
    ("tab at the start", *TAB_MISTAKE),
    ("mapping values are not allowed", "There is a second colon in this line.", QUOTE_IT),
    (
        "could not find expected ':'",
        "This line has no key, or no space after its colon.",
        "Write it like `title: History`; if the text goes on from above, indent it.",
    ),
    ("alias", "A value can't begin with *.", QUOTE_IT),
    ("expected alphabetic", "A value can't begin with * or &.", QUOTE_IT),
    ("cannot start any token", "A value can't begin with this character.", QUOTE_IT),
    ("unexpected end of stream", "This quote is never closed.", "Close the quote."),
    ("expected <block end>", "The indentation changes here, or a quote ends too early.",
     "Line it up with the key above; write quotes inside quotes as two: 'it''s'."),
    ("but found '<stream end>'", "This bracket is never closed.", QUOTE_IT),
    ("expected ',' or", "This bracket is never closed.", QUOTE_IT),
    ("single document", "There is a line --- in the middle.", "Remove the line ---."),
    ("tag", "A value can't begin with an exclamation mark.", QUOTE_IT),
    ("escape", "There is a backslash in double quotes.", "Use single quotes, or write it twice."),
)  # fmt: skip


class Composer(yaml.composer.Composer):
    """Nodes with their lines. Refuses aliases, which prose only makes by accident."""

    check_event: Callable[..., bool]  # of a parser
    peek_event: Callable[[], Any]

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "alias", mark)
        return super().compose_node(parent, index)


class Explaining(Composer, yaml.SafeLoader):
    """Its messages are those in ``MISTAKES``."""


FASTEST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a PyYAML built without C lacks it


class Quick(Composer, FASTEST):  # type: ignore[misc, valid-type]
    """Eight times as fast. It has other messages, and takes a tab within a line for a space."""

    def __init__(self, text: str):
        FASTEST.__init__(self, text)
        Composer.__init__(self)


def compose(text: str) -> yaml.Node | None:
    """The root of ``text``. Raises one of ``SYNTAX_ERRORS``."""
    if tab := TAB.search(text):
        mark = yaml.Mark("", 0, text.count("\n", 0, tab.start()), 0, None, 0)
        raise yaml.scanner.ScannerError(None, None, "tab at the start", mark)
    if "\t" not in text:
        with suppress(yaml.YAMLError, *SYNTAX_ERRORS):
            return Quick(text).get_single_node()
    return Explaining(text).get_single_node()


def without_mistakes(
    text: str, report: Report, first_line: int, is_list: bool, depth: int = 0
) -> tuple[str, frozenset[str]]:
    """``text`` with empty lines for each entry with a mistake, and the keys of these entries.

    The mistakes are added to ``report``.
    """
    lines, unread = text.split("\n"), set()
    starts = [index for index, line in enumerate(lines) if ENTRY[is_list].match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        entry = lines[start:end]
        if report_mistakes(entry, report, first_line + start, is_list, depth):
            unread.add(re.split(r"[:\s]", entry[0].strip("\"'"))[0])
            lines[start:end] = [""] * len(entry)
    return "\n".join(lines), frozenset(unread)


def report_mistakes(
    entry: list[str], report: Report, first_line: int, is_list: bool, depth: int
) -> bool:
    """Whether one entry has mistakes; each is added to ``report``."""
    found, text = len(report.problems), "\n".join(entry)
    if tabs := [number for number, line in enumerate(entry, first_line) if TAB.match(line)]:
        for number in tabs:
            report.error(number, *TAB_MISTAKE)
        return True
    try:
        if isinstance(compose(text), yaml.CollectionNode):
            return False
        raise yaml.scanner.ScannerError(None, None, "could not find expected ':'", START)
    except SYNTAX_ERRORS as error:
        offset, inner = inside(entry, is_list)
        if inner and depth < DEEPEST:
            is_inner_list = ENTRY[True].match(inner.lstrip()) is not None
            without_mistakes(inner, report, first_line + offset, is_inner_list, depth + 1)
        if len(report.problems) == found:  # then each inner entry is valid by itself
            report_syntax_error(error, text, report, first_line)
    return True


def inside(entry: list[str], is_list: bool) -> tuple[int, str]:
    """The entries within ``entry``, and how many lines below its first they begin."""
    first, *rest = entry
    rest = ["" if line.lstrip().startswith("#") else line for line in rest]
    if is_list:
        return 0, dedent("\n".join([f" {first[1:]}", *rest]))
    return 1, dedent("\n".join(rest)) if first.rstrip().endswith(":") else ""


def report_syntax_error(error: Exception, text: str, report: Report, first_line: int):
    """Report a syntax error in ``text`` in plain words."""
    if isinstance(error, RecursionError):
        report.error(first_line, "Too many nested brackets.", "Remove the brackets.")
    elif isinstance(error, yaml.MarkedYAMLError):
        report.error(*explain(error, text, first_line))
    else:  # chr() of an escape beyond Unicode
        report.error(
            first_line, "An escape sequence stands for no character.", "Remove the backslash."
        )


def explain(error: yaml.MarkedYAMLError, text: str, first_line: int) -> tuple[int, str, str]:
    """The line of the mistake, what it is, and the fix."""
    words = f"{error.context} {error.problem}"
    mark = error.problem_mark or error.context_mark
    if error.context_mark and ("could not find" in words or "end of stream" in words):
        mark = error.context_mark  # where the mistake is, not where it was noticed
    index = mark.line if mark else 0
    line = first_line + index
    for number, words_of_line in enumerate(text.split("\n")[: index + 1], first_line):
        if re.match(r" *(- )?[a-z_]+:[^\s/]", words_of_line):
            return number, "There is no space after the colon.", "Write it like `menu: Home`."
    for part, message, fix in MISTAKES:
        if part in words:
            return line, message, fix
    return line, f"This can't be read ({error.problem}).", "Compare it with a line above."
