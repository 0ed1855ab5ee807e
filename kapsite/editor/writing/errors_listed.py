"""What keeps a draft from being published, for a page that doesn't have its form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kapsite.content_files.problems import Problem
from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.editor.data_forms.words.field_names import FieldNames

from .drafts import Editing
from .written import Written

if TYPE_CHECKING:
    from kapsite.pages.load.page_file import Draft
    from kapsite.pages.load.site import Site


class ListedError(NamedTuple):
    """An error, and the field or the line that it leads to."""

    href: str
    label: str
    words: SafeString


def listed(
    editing: Editing, text: str | None, site: Site, errors: Sequence[Problem]
) -> Iterator[ListedError]:
    """The ``errors`` that the check found in a file, as it is in ``site``; None is its own text."""
    file = editing.file
    draft = next((each for each in site.drafts if each.file == site.name(file)), None)
    if draft is not None:
        return in_page(Written.begun(editing, text), draft, site, errors)
    return in_data(file, site, errors) if data_file(file) else elsewhere(file, errors)


def in_data(file: str, site: Site, errors: Sequence[Problem]) -> Iterator[ListedError]:
    names, lines = FieldNames.of(file, site), site.data.lines[file]
    for error in errors:
        place = error.place or lines.innermost(error.line)
        href = names.href(file, place)
        yield ListedError(href, names.label(place) or "This file", names.at_field(error))


def in_page(
    written: Written, draft: Draft, site: Site, errors: Sequence[Problem]
) -> Iterator[ListedError]:
    names, page = written.names(site, here=""), reverse("editor:page", args=[written.editing.file])
    for error in errors:
        spot = written.spot(error.line, draft, error.place)
        href = f"#line-{spot.line}" if spot.line else spot.href
        words = names.at_field(written.with_lines(error, draft))
        yield ListedError(f"{page}{href}", spot.label, words)


def elsewhere(file: str, errors: Sequence[Problem]) -> Iterator[ListedError]:
    """In a file that has no form."""
    for error in errors:
        yield ListedError(
            "", f"{file}, line {error.line}", format_html("{} {}", error.message, error.fix)
        )
