"""A data file as it would be with the text of a draft: what is wrong with it, and who uses it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from kapsite.content_files.problems import Problem, errors_among, in_order
from kapsite.editor.models import ContentVersion
from kapsite.editor.writing.drafts import Texts
from kapsite.editor.writing.overlay import with_texts
from kapsite.editor.writing.preview import site_of
from kapsite.pages.check.rules.site_rules import DATA_FILE_RULES
from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import Site, with_text

PICTURE = """---
title: A chart
description: The picture of a chart, as the pages that show it have it.
---

::: chart id="{name}"
:::
"""


class Use(NamedTuple):
    """A page, by the name of its file."""

    name: str
    title: str


def use_on(draft: Draft) -> Use:
    return Use(draft.file.partition("/")[2], draft.meta.title if draft.meta else "")


@dataclass(frozen=True)
class CheckedData:
    """A data file with the text of a draft; ``site`` has it in the place of the published one."""

    site: Site
    problems: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        return errors_among(self.problems)

    def uses(self, file: str, part: str) -> list[Use]:
        """The pages that show a chart, or cite a source."""
        name = Path(file).stem if file.startswith("charts/") else None
        key = part if file == "sources.yaml" else None
        return [
            use_on(draft)
            for draft in self.site.drafts
            if name in draft.rendered.charts or key in draft.rendered.citations
        ]

    @property
    def pages(self) -> list[Use]:
        return sorted(map(use_on, self.site.drafts), key=lambda page: page.title)

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
    if file == "sources.yaml" and site.data.sources is not None:
        found += still_cited(site, name)
    return CheckedData(site, in_order(found))


def still_cited(site: Site, file: str) -> Iterator[Problem]:
    """Sources that the file doesn't have any more."""
    for draft in site.drafts:
        for key in sorted(draft.rendered.citations.keys() - (site.data.sources or {}).keys()):
            message = f"{draft.file} cites {key}, which would be gone."
            yield Problem(file, 1, message, "Take it out of that page first, and publish the page.")
