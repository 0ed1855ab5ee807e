"""Where a source is cited and a chart is shown: on pages and in other data, drafts too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse

from kapsite.content_files.yaml_reader import Parsed
from kapsite.editor.models import ContentVersion
from kapsite.editor.versions.titles import called
from kapsite.editor.writing.drafts_ahead import texts_of

from .files.data_files import SOURCES, data_file
from .files.file_parts import DataFile
from .words.field_names import address
from .words.part_names import part_name

if TYPE_CHECKING:
    from kapsite.pages.load.site import Site


class Use(NamedTuple):
    """A page, or a part of a data file that has a form."""

    name: str
    title: str
    href: str
    is_draft: bool


def used_by(site: Site, file: DataFile, part: str) -> list[Use]:
    """Where readers meet a chart or a source; [] for other data."""
    if not (file.is_chart or file.name == SOURCES):
        return []
    drafts = texts_of(ContentVersion.objects.open_drafts().exclude(file=file.name))
    name = Path(file.name).stem if file.is_chart else part
    wanted = shows(name) if file.is_chart else cites(name)
    found = [*on_pages(site, file, name, drafts), *on_drafts(wanted, drafts)]
    if file.name == SOURCES:
        found += in_data(site, part, drafts)
    return sorted(set(found), key=lambda use: use.title.casefold())


def shows(chart: str) -> re.Pattern:
    return re.compile(rf'^:::+ *chart\b.*\bid="{re.escape(chart)}"', re.MULTILINE)


def cites(source: str) -> re.Pattern:
    return re.compile(rf'(?:@|\bsources="[^"]*\b){re.escape(source)}\b')


def on_pages(site: Site, file: DataFile, wanted: str, drafts: Mapping[str, str]) -> Iterator[Use]:
    for page in site.drafts:
        name, title = page.file.partition("/")[2], page.meta.title if page.meta else ""
        there = page.rendered.charts if file.is_chart else page.rendered.citations
        if name not in drafts and wanted in there:
            yield Use(name, title or name, reverse("editor:page", args=[name]), is_draft=False)


def on_drafts(wanted: re.Pattern, drafts: Mapping[str, str]) -> Iterator[Use]:
    for name, text in drafts.items():
        if name.endswith(".md") and wanted.search(text):
            href = reverse("editor:page", args=[name])
            yield Use(name, called(name, text), href, is_draft=True)


def in_data(site: Site, source: str, drafts: Mapping[str, str]) -> Iterator[Use]:
    """Charts by their titles, and parts of other files by their names."""
    for name in {**site.data.lines, **drafts}:
        file, draft = data_file(name), drafts.get(name)
        if file is None or file.name == SOURCES:
            continue
        parsed = site.data.lines[name] if draft is None else file.read(draft)
        if parsed is None:
            continue
        for part in parts_that_cite(file, source, parsed):
            title = called(name, parsed.text) if file.is_chart else part_name(file, part)
            yield Use(name, title, address(file, part), is_draft=draft is not None)


def parts_that_cite(file: DataFile, source: str, parsed: Parsed) -> Iterator[str]:
    for place, text in parsed.texts():
        if text == source and {"source", "sources"} & {*map(str, place[-2:])}:
            yield file.part_of(place)
