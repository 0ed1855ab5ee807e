"""YAML -> plain data that knows its lines.

Every value stays text: a schema decides what it means, so that ``no``, ``1.10`` or
``2026-11-22`` are never changed behind the editor's back.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import yaml

from .problems import Report
from .text_file import UNPRINTABLE
from .yaml_mistakes import (
    QUOTE_IT,
    SYNTAX_ERRORS,
    compose,
    report_syntax_error,
    without_mistakes,
)

Place = tuple[str | int, ...]  # where a value is: ("changes", 0, "on")
Fill = Callable[[str, int], str]  # a text and its line in the file -> the text to use


@dataclass(frozen=True)
class Parsed:
    """Plain data, and the line of every value in it."""

    data: Any
    lines: Mapping[Place, int]
    unread: frozenset[str] = frozenset()  # top-level keys with a mistake, left out of data
    text: str = ""

    def line(self, path: Place) -> int:
        """The line of the value at ``path``, or of the nearest thing around it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def innermost(self, line: int) -> Place:
        """The innermost value that begins on ``line``, or else last above it; () if none does."""
        above = {place: at for place, at in self.lines.items() if at <= line}
        return max(above, key=lambda place: (above[place], len(place)), default=())

    def texts(self) -> Iterator[tuple[Place, str]]:
        """Every text and its place, without keys."""
        return ((place, value) for place, value in walk(self.data) if isinstance(value, str))

    def lists(self) -> Iterator[tuple[Place, list]]:
        """Every list and its place."""
        return ((place, value) for place, value in walk(self.data) if isinstance(value, list))

    def filled(self, fill: Fill) -> "Parsed":
        """The same with each text completed by ``fill``, which gets its line too."""

        def part(value: Any, place: Place) -> Any:
            if isinstance(value, dict):
                return {key: part(each, (*place, key)) for key, each in value.items()}
            if isinstance(value, list):
                return [part(each, (*place, index)) for index, each in enumerate(value)]
            return fill(value, self.line(place)) if isinstance(value, str) else value

        return replace(self, data=part(self.data, ()))

    def empty_keys(self) -> Iterator[Place]:
        """Where a key has no value. Every schema refuses a list entry without one."""
        return (at for at, value in walk(self.data) if value is None and isinstance(at[-1], str))


NOTHING = Parsed(None, MappingProxyType({(): 1}))  # of a file that cannot be read


def walk(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """``value`` and everything in it, each with its place."""
    yield place, value
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(part, (*place, key))


NO_KEYS = "There are no keys here.", "Write lines such as `title: History`."
CONTROL = "There is an invisible control character here.", "Type this line again."
NO_LIST = "There is no list here.", "Begin each entry with `- `."


def parse(text: str, report: Report, first_line: int = 1, is_list: bool = False) -> Parsed | None:
    """The YAML mapping or list in ``text``, whose first line is ``first_line`` of the file.

    After a mistake it holds the entries without one; None if there are none.
    """
    found = len(report.problems)
    try:
        root, unread = compose(text), frozenset[str]()
    except yaml.reader.ReaderError as error:
        report.error(first_line + text.count("\n", 0, error.position), *CONTROL)
        return None
    except SYNTAX_ERRORS as error:
        text, unread = without_mistakes(text, report, first_line, is_list)
        if len(report.problems) == found:  # each entry is valid by itself
            report_syntax_error(error, text, report, first_line)
            return None
        root = compose(text)
        if root is None:
            return None
    if not isinstance(root, yaml.SequenceNode if is_list else yaml.MappingNode):
        report.error(first_line, *(NO_LIST if is_list else NO_KEYS))
        return None
    converter = Converter(first_line, report, {(): first_line}, text)
    return Parsed(converter.convert(root), MappingProxyType(converter.lines), unread, text)


@dataclass
class Converter:
    """Turns nodes into dicts, lists and text, and keeps the line of each value."""

    first_line: int
    report: Report
    lines: dict[Place, int]
    text: str

    def convert(self, node: yaml.Node, place: Place = ()) -> Any:
        """The value of ``node``; an empty one is None."""
        if node.tag.startswith("!"):
            message = "A value can't begin with an exclamation mark."
            self.report.error(self.line(node), message, QUOTE_IT)
        if isinstance(node, yaml.ScalarNode):
            self.check_scalar(node)
            return node.value or (None if not node.style else "")
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.lines[(*place, index)] = self.line(item)
            return [self.convert(item, (*place, i)) for i, item in enumerate(node.value)]
        return self.convert_mapping(node, place)

    def convert_mapping(self, node: yaml.Node, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, key = self.line(key_node), key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or not key:
                self.report.error(line, "This key isn't a word.", NO_KEYS[1])
            elif key in data:
                message = f'"{key}" appears twice (first on line {self.lines[(*place, key)]}).'
                self.report.error(line, message, "Keep one.")
            else:
                self.lines[(*place, key)] = line
                data[key] = self.convert(value_node, (*place, key))
        return data

    def line(self, node: yaml.Node) -> int:
        return self.first_line + node.start_mark.line

    def check_scalar(self, node: yaml.ScalarNode):
        if UNPRINTABLE.search(node.value):
            message = "An escape sequence stands for an invisible character."
            fix = "Remove the backslash and the code after it."
            self.report.error(self.line(node), message, fix)
        if is_cut_short(node, self.text):
            message = "The text after # is a comment, so readers wouldn't see it."
            fix = "Put the whole value in quotes, or two spaces before a real comment."
            self.report.error(self.first_line + node.end_mark.line, message, fix)


def is_cut_short(node: yaml.ScalarNode, text: str) -> bool:
    """Whether unquoted text ends at a `` #``, as in ``note: We are #1``."""
    return not node.style and bool(node.value) and text.startswith(" #", node.end_mark.index)
