"""What keeps a draft from being published, for a page that doesn't have its form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString

from kapsite.editor.data_forms.field_names import FieldNames
from kapsite.editor.models import ContentVersion

from .drafts import Editing
from .written import Written

if TYPE_CHECKING:
    from kapsite.editor.data_forms.data_check import CheckedData
    from kapsite.editor.writing.preview import Checked


class ListedError(NamedTuple):
    """An error, and the field or the line that it leads to."""

    href: str
    label: str
    words: SafeString


def listed(
    current: ContentVersion, draft: ContentVersion, found: Checked | CheckedData
) -> Iterator[ListedError]:
    """The errors that the check found in ``draft``."""
    from kapsite.editor.data_forms.data_check import CheckedData  # large: only editors need it

    if isinstance(found, CheckedData):
        return in_data(draft, found)
    return in_page(Written.begun(Editing(current, draft, draft.file)), found)


def in_data(draft: ContentVersion, found: CheckedData) -> Iterator[ListedError]:
    names, lines = FieldNames.of(draft.file, found.site), found.site.data.lines[draft.file]
    for error in found.errors:
        place = error.place or lines.innermost(error.line)
        href = names.href(draft.file, place)
        yield ListedError(href, names.label(place) or "This file", names.at_field(error))


def in_page(written: Written, found: Checked) -> Iterator[ListedError]:
    file = written.editing.file
    names, page = written.names(found, here=""), reverse("editor:page", args=[file])
    for error in found.errors:
        spot = written.spot(error.line, found, error.place)
        href = f"#line-{spot.line}" if spot.line else spot.href
        words = names.at_field(written.with_lines(error, found))
        yield ListedError(f"{page}{href}", spot.label, words)
