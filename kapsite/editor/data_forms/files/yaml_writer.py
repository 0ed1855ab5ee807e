"""New values in a YAML text. What keeps its value keeps its bytes: comments, order, quotes.

Values are as ``yaml_reader`` gives them: everything is text, in lists and dicts.
"""

import re
from collections.abc import Sequence
from typing import Any

from kapsite.content_files.problems import Report
from kapsite.content_files.yaml_reader import parse

from .yaml_round_trip import Lines, changed_by_ruamel, dumped, indented

# A key, and nothing after it
OPENS_BLOCK = re.compile(r"\s*(?:- +)?[^\s#'\"{\[][^#]*:\s*(?:#.*)?$")


class NotInLines(Exception):
    """The entries of a collection aren't on lines of their own: ``{a: b}``."""


def rewritten(text: str, old: Any, new: Any) -> str:
    """``text``, which says ``old``, so that it says ``new``: both dicts, or both lists."""
    lines = [f"{line}\n" for line in text.splitlines()]
    try:
        written = "".join(with_values(lines, 0, old, new))
    except NotInLines:
        written = changed_by_ruamel(text, new)
    found = parse(written, Report(""), is_list=isinstance(new, list)) if new else None
    if new and (found is None or found.data != new):
        return changed_by_ruamel(text, new)
    return written


def with_values(lines: Lines, column: int, old: Any, new: Any) -> Lines:
    """A dict or list whose entries begin at ``column``."""
    is_list = isinstance(new, list)
    gaps, bodies = divided(lines, column, is_list)
    if len(bodies) != len(old):
        raise NotInLines
    if is_list:
        return list_of(gaps, bodies, column, old, new)
    return dict_of(gaps, bodies, column, old, new)


def divided(lines: Lines, column: int, is_list: bool) -> tuple[list[Lines], list[Lines]]:
    """The entries, and the comments and empty lines before, between and after them."""
    begins = re.compile(" " * column + (r"-(?:\s|$)" if is_list else r"[^\s#\]}-]"))
    gaps: list[Lines] = [[]]
    bodies: list[Lines] = []
    for line in lines:
        text = line.strip()
        is_gap = not text or (text[0] == "#" and len(line) - len(line.lstrip()) <= column)
        if begins.match(line):
            bodies.append([line])
            gaps.append([])
        elif is_gap or not bodies:
            gaps[-1].append(line)
        else:  # what looked like a gap stands within the entry
            bodies[-1] += [*gaps[-1], line]
            gaps[-1] = []
    return gaps, bodies


def dict_of(gaps: list[Lines], bodies: list[Lines], column: int, old: dict, new: dict) -> Lines:
    parts: list[tuple[str | None, Lines]] = [(None, gaps[0])]
    for key, body, gap in zip(old, bodies, gaps[1:], strict=True):
        if key in new:
            parts.append((key, changed(body, column, {key: old[key]}, {key: new[key]})))
        parts.append((None, gap))
    before = None
    for key, value in new.items():
        if key not in old:
            insert(parts, key, dumped({key: value}, column), before)
        before = key
    return [line for _, part in parts for line in part]


def insert(parts: list[tuple[str | None, Lines]], key: str, body: Lines, before: str | None):
    """Where a comment shows how to write it (``# hours:``), or else after the entry ``before``."""
    example = re.compile(rf"\s*# ?{re.escape(key)}:")
    for index, (name, lines) in enumerate(parts):
        at = next((i for i, line in enumerate(lines) if name is None and example.match(line)), None)
        if at is not None:
            parts[index : index + 1] = [(None, lines[:at]), (key, body), (None, lines[at:])]
            return
    names = [name for name, _ in parts]
    parts.insert(names.index(before) + 1 if before in names else 1, (key, body))


def list_of(gaps: list[Lines], bodies: list[Lines], column: int, old: list, new: list) -> Lines:
    """Entries that moved take the comment above them along."""
    unused = list(range(len(old)))
    places = [taken(unused, lambda i, value=value: old[i] == value) for value in new]
    lines: Lines = gaps[0]
    for value, place in zip(new, places, strict=True):
        if place is None:
            place = taken(unused, lambda i, value=value: are_alike(old[i], value))
        if place is None:
            lines = lines + dumped([value], column)
        else:
            comment = gaps[place] if place else []
            lines = lines + comment + changed(bodies[place], column, [old[place]], [value])
    return lines + (gaps[-1] if bodies else [])


def taken(unused: list[int], fits: Any) -> int | None:
    found = next((i for i in unused if fits(i)), None)
    if found is not None:
        unused.remove(found)
    return found


def are_alike(old: Any, new: Any) -> bool:
    """Whether an entry is one that was changed, and not another one."""
    if isinstance(old, dict) and isinstance(new, dict):
        return any(old.get(key) == value for key, value in new.items())
    return type(old) is type(new)


def changed(body: Lines, column: int, old: Any, new: Any) -> Lines:
    """One entry: ``{key: value}`` or ``[value]``."""
    if old == new:
        return body
    [before], [after] = values(old), values(new)
    if type(before) is type(after) and isinstance(after, dict | list):
        try:
            return inside(body, before, after, isinstance(new, list))
        except NotInLines:
            pass
    text = "".join(line.removeprefix(" " * column) for line in body)
    return indented(changed_by_ruamel(text, new), column)


def inside(body: Lines, before: Any, after: Any, is_list: bool) -> Lines:
    """The entry with new values in the collection that it holds."""
    if is_list:  # the first entry of what it holds follows the hyphen
        dash = re.match(r" *-( +)(?=\S)", body[0])
        if not dash:
            raise NotInLines
        end = dash.end()
        lines = with_values([" " * end + body[0][end:], *body[1:]], end, before, after)
        first = next((i for i, line in enumerate(lines) if line.strip()), None)
        if first is None or lines[first].lstrip().startswith("#"):
            raise NotInLines
        lines[first] = body[0][:end] + lines[first][end:]
        return lines
    if not OPENS_BLOCK.match(body[0]):
        raise NotInLines
    first_line = next((line for line in body[1:] if line.strip() and line.lstrip()[0] != "#"), "")
    start = len(first_line) - len(first_line.lstrip())
    return body[:1] + with_values(body[1:], start, before, after)


def values(entry: Any) -> Sequence:
    return list(entry.values()) if isinstance(entry, dict) else entry
