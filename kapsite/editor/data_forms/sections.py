"""The fields of a form in sections, so that an editor finds them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .groups import Group, Part


@dataclass(frozen=True)
class Section:
    """Some keys of a schema. Without a label they are shown first, and always open."""

    label: str
    keys: tuple[str, ...]
    help: str = ""


class ShownSection(NamedTuple):
    label: str
    help: str
    parts: list[Part]
    has_errors: bool


def in_sections(form: Group, sections: Sequence[Section]) -> Iterator[ShownSection]:
    for section in sections:
        parts = [form.part(key) for key in section.keys]
        has_errors = any(part.has_errors for part in parts)
        yield ShownSection(section.label, section.help, parts, has_errors)
