"""A data file as it would be with the text of a draft: what is wrong with it."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kapsite.content_files.problems import Problem, errors_among, in_order
from kapsite.content_files.yaml_reader import Place
from kapsite.editor.models import ContentVersion
from kapsite.editor.writing.drafts import Texts
from kapsite.editor.writing.previews.overlay import with_texts
from kapsite.editor.writing.previews.preview import site_of
from kapsite.pages.check.rules.site_rules import DATA_FILE_RULES
from kapsite.pages.load.site import Site, with_text

from .needed import still_needed

PICTURE = """---
title: A chart
description: The picture of a chart, as the pages that show it have it.
---

::: chart id="{name}"
:::
"""


@dataclass(frozen=True)
class CheckedData:
    """A data file with the text of a draft; ``site`` has it in the place of the published one."""

    site: Site
    problems: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        return errors_among(self.problems)

    @property
    def pages(self) -> list[tuple[str, str]]:
        """The name and the title of each page, by the title."""
        named = ((each.file.partition("/")[2], each.meta) for each in self.site.drafts)
        pages = ((name, meta.title if meta else name) for name, meta in named)
        return sorted(pages, key=lambda page: page[1])

    def picture(self, file: str) -> str:
        """The chart in ``file`` as HTML; "" if it can't be drawn."""
        name = Path(file).stem
        _, draft = with_text(self.site, "a-chart.md", PICTURE.format(name=name))
        return str(draft.rendered.html) if self.site.data.charts.get(name) else ""


def check(current: ContentVersion, file: str, text: str, today: date, drafts: Texts) -> CheckedData:
    """The data file ``file`` with ``text``, as if ``drafts`` were published."""
    site = with_texts(site_of(current.pk), current.pk, {**drafts, file: text})
    name = site.name(file)
    found = [problem for problem in site.data.problems if problem.file == name]
    for rule in DATA_FILE_RULES:
        found += [problem for problem in rule(site, today) if problem.file == name]
    if file.startswith("charts/") and site.data.charts.get(Path(file).stem) is None:
        found += chart_needs(site, file, {problem.place for problem in found})
    if file == "sources.yaml" and site.data.sources is not None:
        found += still_cited(site, name)
    return CheckedData(site, in_order(found))


def chart_needs(site: Site, file: str, there: Container[Place]) -> Iterator[Problem]:
    """What else a chart needs that has mistakes; what is ``there`` was found already."""
    parsed = site.data.lines[file]
    for place, message, fix, *in_form in still_needed(parsed.data):
        if place not in there:
            line, words = parsed.line(place), "".join(in_form)
            yield Problem(site.name(file), line, message, fix, place=place, in_form=words)


def still_cited(site: Site, file: str) -> Iterator[Problem]:
    """Sources that the file doesn't have any more."""
    for draft in site.drafts:
        for key in sorted(draft.rendered.citations.keys() - (site.data.sources or {}).keys()):
            message = f"{draft.file} cites {key}, which would be gone."
            yield Problem(file, 1, message, "Take it out of that page first, and publish the page.")
