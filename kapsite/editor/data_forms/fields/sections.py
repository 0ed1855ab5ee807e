"""The fields of a form in sections, so that an editor finds them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.forms.boundfield import BoundField
from django.utils.text import slugify

from .group_lists import GroupList
from .groups import Group


@dataclass(frozen=True)
class Section:
    """Some keys of a schema. Without a label they are shown first, and always open."""

    label: str
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """As addresses have it."""
        return slugify(self.label)


class ShownSection(NamedTuple):
    label: str
    parts: list[BoundField | Group | GroupList]
    has_errors: bool


def in_sections(form: Group, sections: Sequence[Section]) -> Iterator[ShownSection]:
    for section in sections:
        parts = [form.part(key) for key in section.keys]
        has_errors = any(getattr(part, "has_errors", part.errors) for part in parts)
        yield ShownSection(section.label, parts, has_errors)
