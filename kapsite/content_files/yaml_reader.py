"""A file's bytes -> its text, and YAML -> plain data that knows its lines.

Every value stays text: a schema decides what it means, so that ``no``, ``1.10`` or
``2026-11-22`` are never changed behind the editor's back.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from types import MappingProxyType
from typing import Any

import yaml

from .problems import Report

LARGEST_FILE = 500_000  # bytes; the longest page is a tenth of it
UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]")
SPACES = re.compile(r"[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")  # look like a plain one
CONFLICT = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |$)")  # as git writes it into a file
INVISIBLE = re.compile(
    r"[\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff]|\b[\u200c\u200d]\b"
)

Place = tuple[str | int, ...]  # where a value stands: ("changes", 0, "on")


@dataclass(frozen=True)
class Parsed:
    """Plain data, and the line of every value in it."""

    data: Any
    lines: Mapping[Place, int]
    unread: frozenset[str] = frozenset()  # keys at the top left out, since there is a slip in them

    def line(self, path: Place) -> int:
        """The line of the value at ``path``, or of the nearest thing around it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def texts(self) -> Iterator[tuple[Place, str]]:
        """Every text in it and where it stands; keys left out."""
        yield from texts_in(self.data, ())

    def lists(self) -> Iterator[tuple[Place, list]]:
        """Every list in it and where it stands."""
        yield from lists_in(self.data, ())


NOTHING = Parsed(None, MappingProxyType({(): 1}))  # of a file that cannot be read


def lists_in(value: Any, place: Place) -> Iterator[tuple[Place, list]]:
    if isinstance(value, list):
        yield place, value
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from lists_in(part, (*place, key))


def texts_in(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in inner:
            yield from texts_in(part, (*place, key))


def read_text(file: Path, report: Report) -> str | None:
    """The file as text with plain spaces and line ends; None after an error."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        report.error(1, f"The file cannot be read: {error.strerror}.", "Check that it is there.")
        return None
    if len(raw) > LARGEST_FILE:
        size = f"{len(raw) // 1000} kB"
        report.error(1, f"The file is too large ({size}).", "Divide it, or look for pasted data.")
        return None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        report.error(line, "A character here is not UTF-8.", 'Save the file again as "UTF-8".')
        return None
    before = len(report.problems)
    for number, row in enumerate(text.split("\n"), 1):
        if found := UNPRINTABLE.search(row) or INVISIBLE.search(row):
            report.error(
                number,
                f"There is a character that cannot be seen or was lost (U+{ord(found[0]):04X}).",
                "Delete the words around it and type them again.",
            )
        elif CONFLICT.match(row):
            report.error(
                number,
                "Two versions of the text stand here, left by a merge.",
                "Keep one of them; remove the other and the lines <<<<<<<, ======= and >>>>>>>.",
            )
    return None if len(report.problems) > before else SPACES.sub(" ", text)


class Composer(yaml.SafeLoader):
    """Nodes with their places; aliases, which prose only makes by accident, are refused."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "alias", mark)
        return super().compose_node(parent, index)


NO_KEYS = "There are no keys here.", "Write lines such as `title: History`."
NO_LIST = "There is no list here.", "Begin each entry with `- `."


def parse(text: str, report: Report, first_line: int = 1, is_list: bool = False) -> Parsed | None:
    """The YAML mapping or list in ``text``, whose first line is ``first_line`` of the file.

    After a slip it is what the entries without one say; None if there are none.
    """
    found = len(report.problems)
    try:
        root, unread = compose(text), frozenset[str]()
    except FAULTS as error:
        text, unread = without_slips(text, report, first_line, is_list)
        if len(report.problems) == found:  # each entry is fine alone
            say_what_is_wrong(error, text, report, first_line)
            return None
        root = compose(text)
        if root is None:
            return None
    if not isinstance(root, yaml.SequenceNode if is_list else yaml.MappingNode):
        report.error(first_line, *(NO_LIST if is_list else NO_KEYS))
        return None
    lines: dict[Place, int] = {(): first_line}
    data = plain(root, (), lines, first_line, report)
    return Parsed(data, MappingProxyType(lines), unread)


TAB_SLIP = "This line begins with a tab.", "Use two spaces instead of the tab."
TAB = re.compile(r"^ *\t", re.MULTILINE)
FAULTS = (yaml.MarkedYAMLError, ValueError, OverflowError, RecursionError)
ENTRY = {True: re.compile(r"-(?: |$)"), False: re.compile(r"[^\s#-]")}  # how one begins, in a list
DEEPEST = 3  # levels of entries within entries that are looked at one by one


def compose(text: str) -> yaml.Node | None:
    """The root of ``text``. Raises one of ``FAULTS``."""
    if tab := TAB.search(text):
        mark = yaml.Mark("", 0, text.count("\n", 0, tab.start()), 0, None, 0)
        raise yaml.scanner.ScannerError(None, None, "tab at the start", mark)
    return Composer(text).get_single_node()


def without_slips(
    text: str, report: Report, first_line: int, is_list: bool, depth: int = 0
) -> tuple[str, frozenset[str]]:
    """``text`` with empty lines for each entry with a slip, and the keys of these entries.

    The slips go to ``report``.
    """
    lines, unread = text.split("\n"), set()
    starts = [index for index, line in enumerate(lines) if ENTRY[is_list].match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        entry = lines[start:end]
        if report_slips(entry, report, first_line + start, is_list, depth):
            unread.add(re.split(r"[:\s]", entry[0].strip("\"'"))[0])
            lines[start:end] = [""] * len(entry)
    return "\n".join(lines), frozenset(unread)


def report_slips(
    entry: list[str], report: Report, first_line: int, is_list: bool, depth: int
) -> bool:
    """Whether there are slips in one entry; each goes to ``report``."""
    found, text = len(report.problems), "\n".join(entry)
    if tabs := [number for number, line in enumerate(entry, first_line) if TAB.match(line)]:
        for number in tabs:
            report.error(number, *TAB_SLIP)
        return True
    try:
        if isinstance(compose(text), yaml.CollectionNode):
            return False
        raise yaml.scanner.ScannerError(None, None, "could not find expected ':'", START)
    except FAULTS as error:
        offset, inner = inside(entry, is_list)
        if inner and depth < DEEPEST:
            is_inner_list = ENTRY[True].match(inner.lstrip()) is not None
            without_slips(inner, report, first_line + offset, is_inner_list, depth + 1)
        if len(report.problems) == found:  # or what is inside is fine alone
            say_what_is_wrong(error, text, report, first_line)
    return True


START = yaml.Mark("", 0, 0, 0, None, 0)


def inside(entry: list[str], is_list: bool) -> tuple[int, str]:
    """The entries within ``entry``, and how many lines below its first they begin."""
    first, *rest = entry
    rest = ["" if line.lstrip().startswith("#") else line for line in rest]
    if is_list:
        return 0, dedent("\n".join([f" {first[1:]}", *rest]))
    return 1, dedent("\n".join(rest)) if first.rstrip().endswith(":") else ""


def plain(node: yaml.Node, path: Place, lines: dict, first_line: int, report: Report) -> Any:
    """The node as dicts, lists and text; an empty value is None. Fills in ``lines``."""
    if node.tag.startswith("!"):
        line = first_line + node.start_mark.line
        report.error(line, "A value cannot begin with an exclamation mark.", QUOTE_IT)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*path, index)] = first_line + item.start_mark.line
        return [
            plain(item, (*path, index), lines, first_line, report)
            for index, item in enumerate(node.value)
        ]
    if isinstance(node, yaml.ScalarNode):
        if UNPRINTABLE.search(node.value):
            report.error(
                first_line + node.start_mark.line,
                "An escape stands for a character that cannot be seen.",
                "Remove the backslash and what belongs to it.",
            )
        if is_cut_short(node):
            report.error(
                first_line + node.end_mark.line,
                "The text after # is a comment and would be left out.",
                "Put the whole value in quotes, or two spaces before a real comment.",
            )
        return None if node.style is None and node.value == "" else node.value
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = first_line + key_node.start_mark.line
        if not isinstance(key_node, yaml.ScalarNode) or not key_node.value:
            report.error(line, "This key is not a word.", "Write lines such as `title: History`.")
            continue
        key = key_node.value
        if key in data:
            first = lines[(*path, key)]
            report.error(line, f'"{key}" stands here twice (first on line {first}).', "Keep one.")
            continue
        lines[(*path, key)] = line
        data[key] = plain(value_node, (*path, key), lines, first_line, report)
    return data


def is_cut_short(node: yaml.ScalarNode) -> bool:
    """Whether unquoted text ends at a `` #``, as in ``note: We are #1``."""
    end = node.end_mark
    if node.style is not None or not node.value or end.buffer is None:
        return False
    return end.buffer.startswith(" #", end.pointer)


QUOTE_IT = 'Put the whole value in quotes, like title: "KAP: what it is".'
SLIPS = (  # part of PyYAML's words, what we say, and the fix
    ("tab at the start", *TAB_SLIP),
    ("mapping values are not allowed", "There is a second colon in this line.", QUOTE_IT),
    (
        "could not find expected ':'",
        "This line has no key, or no space after its colon.",
        "Write it like `title: History`; if the text goes on from above, indent it.",
    ),
    ("alias", "A value cannot begin with *.", QUOTE_IT),
    ("expected alphabetic", "A value cannot begin with * or &.", QUOTE_IT),
    ("cannot start any token", "A value cannot begin with this character.", QUOTE_IT),
    ("unexpected end of stream", "A quote is opened and not closed.", "Close the quote."),
    ("expected <block end>", "The indentation changes here, or a quote ends too early.",
     "Line it up with the key above; write quotes inside quotes as two: 'it''s'."),
    ("but found '<stream end>'", "A bracket is opened and not closed.", QUOTE_IT),
    ("expected ',' or", "A bracket is opened and not closed.", QUOTE_IT),
    ("single document", "A line --- stands in the middle.", "Remove the line ---."),
    ("tag", "A value cannot begin with an exclamation mark.", QUOTE_IT),
    ("escape", "A backslash stands in double quotes.", "Use single quotes, or write it twice."),
)  # fmt: skip


def say_what_is_wrong(error: Exception, text: str, report: Report, first_line: int):
    """Report a syntax error in ``text`` in plain words."""
    if isinstance(error, RecursionError):
        report.error(first_line, "Too many brackets inside each other.", "Remove the brackets.")
    elif isinstance(error, yaml.MarkedYAMLError):
        report.error(*slip_in_plain_words(error, text, first_line))
    else:  # chr() of an escape beyond Unicode
        report.error(first_line, "An escape stands for no character.", "Remove the backslash.")


def slip_in_plain_words(
    error: yaml.MarkedYAMLError, text: str, first_line: int
) -> tuple[int, str, str]:
    """The line of the slip, what it is, and the fix."""
    words = f"{error.context} {error.problem}"
    mark = error.problem_mark or error.context_mark
    if error.context_mark and ("could not find" in words or "end of stream" in words):
        mark = error.context_mark  # where the slip was made, not where it was noticed
    index = mark.line if mark else 0
    line = first_line + index
    for number, words_of_line in enumerate(text.split("\n")[: index + 1], first_line):
        if re.match(r" *(- )?[a-z_]+:[^\s/]", words_of_line):
            return number, "There is no space after the colon.", "Write it like `menu: Home`."
    for part, message, fix in SLIPS:
        if part in words:
            return line, message, fix
    return line, f"This cannot be read ({error.problem}).", "Compare it with a line above."
