"""A data file as it would be with the text of a draft: what is wrong with it, and who uses it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kapsite.content_files.problems import Problem, errors_among, in_order
from kapsite.pages.check.rules.site_rules import DATA_FILE_RULES
from kapsite.pages.load.data_files import Data, read_data
from kapsite.pages.load.site import Site, with_text

from .models import ContentVersion
from .preview import site_of

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


@dataclass(frozen=True)
class CheckedData:
    """A data file with the text of a draft; ``site`` has it in the place of the published one."""

    site: Site
    problems: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        return errors_among(self.problems)

    def picture(self, file: str) -> str:
        """The chart in ``file`` as HTML; "" if it can't be drawn."""
        name = Path(file).stem
        _, draft = with_text(self.site, "a-chart.md", PICTURE.format(name=name))
        return str(draft.rendered.html) if self.site.data.charts.get(name) else ""


def check(current: ContentVersion, file: str, text: str, today: date) -> CheckedData:
    site = with_data(current.pk, {file: text})
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


def with_data(version: int, texts: Mapping[str, str]) -> Site:
    """The site with ``texts`` in its data files; its pages stay as they were rendered."""
    site = site_of(version)
    return replace(site, data=data_with(site.folder, version, tuple(sorted(texts.items()))))


@lru_cache(maxsize=4)
def data_with(folder: Path, version: int, texts: tuple[tuple[str, str], ...]) -> Data:
    with overlaid(folder, dict(texts)) as overlay:
        return read_data(overlay)


@contextmanager
def overlaid(folder: Path, texts: Mapping[str, str]) -> Iterator[Path]:
    """A folder that has the data files of ``folder``, with ``texts`` in place of some."""
    with TemporaryDirectory() as top:
        overlay = Path(top) / folder.name
        for file in folder.rglob("*.yaml"):
            link = overlay / file.relative_to(folder)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file.absolute())
        for name, text in texts.items():
            file = overlay / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)
            file.write_text(text, encoding="utf-8")
        yield overlay


def pages_with(site: Site, file: str, part: str) -> list[Use]:
    """The pages that show a chart, or cite a source."""
    name = Path(file).stem if file.startswith("charts/") else None
    key = part if file == "sources.yaml" else None
    return [
        Use(draft.file.partition("/")[2], draft.meta.title if draft.meta else "")
        for draft in site.drafts
        if name in draft.rendered.charts or key in draft.rendered.citations
    ]
