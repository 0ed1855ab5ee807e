"""Two texts of a data file side by side: the fields that differ, by their labels."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from kapsite.content_files.yaml_reader import Place
from kapsite.editor.versions.side_by_side import Row, Words, side_by_side

from .field_names import FieldNames
from .file_parts import DataFile

Difference = tuple[Place, str, str]


def fields_side_by_side(file: DataFile, before: str, after: str) -> list[Row]:
    """The changed fields; the lines if a text can't be read, or if only comments differ."""
    old, new = (file.read(text) for text in (before, after))
    names, words = FieldNames(file.name, {}), Words()
    found = differences(old.data, new.data, ()) if old and new else ()
    rows = [
        Row(
            None,
            *words.marked(left, right),
            is_changed=True,
            label=names.label(place) or " › ".join(map(str, place)),
        )
        for place, left, right in found
    ]
    return rows or side_by_side(before, after)


def differences(old: Any, new: Any, place: Place) -> Iterator[Difference]:
    """Every value that differs, in words; a list of words counts as one."""
    if old == new:
        return
    if isinstance(old, dict) or isinstance(new, dict):
        left, right = (each if isinstance(each, dict) else {} for each in (old, new))
        for key in {**left, **right}:
            yield from differences(left.get(key), right.get(key), (*place, key))
    elif has_entries(old) or has_entries(new):
        yield from in_list(old or [], new or [], place)
    else:
        yield place, in_words(old), in_words(new)


def in_list(old: list, new: list, place: Place) -> Iterator[Difference]:
    """Entries that only moved up or down because of others are no difference."""
    codes = SequenceMatcher(None, [*map(repr, old)], [*map(repr, new)], False).get_opcodes()
    for kind, a, b, c, d in codes:
        for i in range(max(b - a, d - c) if kind != "equal" else 0):
            left = old[a + i] if a + i < b else None
            right = new[c + i] if c + i < d else None
            yield from differences(left, right, (*place, c + i if right is not None else a + i))


def has_entries(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def in_words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
