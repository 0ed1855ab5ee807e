"""The real content, of which one file at a time is changed; the rest is read only once."""

import shutil
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from django.conf import settings

from kapsite.content_files.live_file import by_name
from kapsite.content_files.problems import Problem, errors_among, in_order
from kapsite.pages.check.rules.site_rules import RULES, problems_of, problems_on
from kapsite.pages.load.data_files import EDITORIAL_RULES, read_data
from kapsite.pages.load.page_file import Draft, read_page
from kapsite.pages.load.site import Site, library_of, read_site, render_draft
from tests.pages.samples import TODAY


class RealContent:
    """A copy of content/. ``after`` makes and undoes a change."""

    def __init__(self, folder: Path):
        self.folder = folder / "content"
        shutil.copytree(settings.CONTENT_DIR, self.folder)
        self.site = read_site(self.folder)
        assert errors_among(problems_of(self.site, TODAY)) == []

    @cached_property
    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.md"))

    @cached_property
    def data(self) -> list[Path]:
        return sorted(self.folder.rglob("*.yaml"))

    def draft(self, file: Path, site: Site | None = None) -> Draft:
        name = f"content/{file.relative_to(self.folder).as_posix()}"
        return next(d for d in (site or self.site).drafts if d.file == name)

    def after(self, file: Path, text: str) -> tuple[Site, list[Problem]]:
        """The site with ``text`` in ``file``, and every error in it."""
        before = file.read_bytes() if file.exists() else None
        file.write_text(text, encoding="utf-8")
        try:
            if file.suffix == ".md":
                return self.with_page(file)
            site = self.with_data(file)
            return site, errors_among(problems_of(site, TODAY))
        finally:
            if before is None:
                file.unlink()
            else:
                file.write_bytes(before)

    def with_data(self, file: Path) -> Site:
        """The site with this data file read again; no page shows what is a rule or of the desk."""
        of_desk = by_name.keys() - self.site.data.lines.keys()
        if file.relative_to(self.folder).as_posix() not in EDITORIAL_RULES | of_desk:
            return read_site(self.folder)
        data = read_data(self.folder)
        of_pages = (problem for problem in self.site.problems if problem.file.endswith(".md"))
        return replace(self.site, data=data, problems=(*data.problems, *of_pages))

    def with_page(self, file: Path) -> tuple[Site, list[Problem]]:
        """The site with this page read again, as no other page depends on what it says."""
        changed = render_draft(
            read_page(file, self.folder, self.site.data.clinic),
            library_of(self.site.data, self.site.images),
        )
        drafts = (*(d for d in self.site.drafts if d.file != changed.file), changed)
        site = replace(self.site, drafts=drafts, problems=tuple(changed.report.problems))
        of_site = (found for rule in RULES for found in rule(site, TODAY))
        problems = [*changed.report.problems, *problems_on(changed, site.data), *of_site]
        return site, errors_among(in_order(problems))
