"""Two texts of a file side by side: the fields that differ, by their labels, and lines of text.

What readers don't see comes last.
"""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any

from kapsite.content_files.yaml_reader import Parsed, Place
from kapsite.editor.data_forms.files import front_matter
from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.editor.versions.side_by_side import Row, Words, side_by_side

from .field_names import FieldNames
from .places import specs_to_field
from .plain_words import is_unseen, text_in_words, value_in_words

Difference = tuple[Place, Any, Any]
NO_FIELDS = "---\n{}\n---\n"


def file_side_by_side(name: str, before: str, after: str) -> list[Row]:
    """What differs: fields by their labels, and the lines of a page's text."""
    if file := data_file(name):
        rows = fields(name, file.read(before), file.read(after))
    elif name.endswith(".md"):
        heads = (front_matter.read(text or NO_FIELDS) for text in (before, after))
        rows = fields(name, *heads)
        if rows is not None:
            old, new = (text_in_words(front_matter.body_of(text)) for text in (before, after))
            rows += side_by_side(old, new)
    else:
        rows = None
    return sorted(rows or [], key=lambda row: row.is_unseen) or side_by_side(before, after)


def fields(name: str, old: Parsed | None, new: Parsed | None) -> list[Row] | None:
    """The changed fields; None if a text can't be read."""
    if old is None or new is None:
        return None
    found = differences(old.data, new.data, ())
    return list(rows_of(FieldNames(name, {}), found))


def rows_of(names: FieldNames, found: Iterable[Difference]) -> Iterator[Row]:
    words = Words()
    for place, *values in found:
        specs = specs_to_field(names.file, place)
        left, right = (value_in_words(specs[-1] if specs else None, value) for value in values)
        if left != right:
            yield Row(
                None,
                *words.marked(left, right),
                is_changed=True,
                label=names.label(place) or " › ".join(map(str, place)),
                is_unseen=any(map(is_unseen, specs)),
            )


def differences(old: Any, new: Any, place: Place) -> Iterator[Difference]:
    """Every value that differs; a list of words counts as one."""
    if old == new:
        return
    if isinstance(old, dict) or isinstance(new, dict):
        left, right = (each if isinstance(each, dict) else {} for each in (old, new))
        for key in {**left, **right}:
            yield from differences(left.get(key), right.get(key), (*place, key))
    elif has_entries(old) or has_entries(new):
        yield from in_list(old or [], new or [], place)
    else:
        yield place, old, new


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
