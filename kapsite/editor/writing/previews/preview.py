"""A page as it would be with the text of a draft, and what is wrong with it.

Only this page is read and checked, so that an editor need not wait; the whole site is checked when
it is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings

from kapsite.content_files.problems import Problem, errors_among, in_order
from kapsite.editor.models import ContentVersion
from kapsite.editor.writing.drafts import NO_TEXTS, Texts
from kapsite.pages.check.rules.claim_rules import claims_have_sources
from kapsite.pages.check.rules.site_rules import PAGE_RULES
from kapsite.pages.check.rules.text_rules import READING_LIMIT, TEXT_RULES
from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import Site, read_site, with_text
from kapsite.pages.publish.document.catalog import as_of, make_catalog
from kapsite.pages.publish.document.page_html import page_context, render_context

from .overlay import with_texts
from .stand_ins import with_stand_ins

if TYPE_CHECKING:
    from kapsite.pages.language.readability import Reading

latest: dict[int, Site] = {}  # the content as of one version, which is that of the folder


@dataclass(frozen=True)
class Checked:
    """A page with the text of a draft."""

    site: Site
    draft: Draft
    problems: list[Problem]
    unsourced: list[Problem]  # of these the claims that need a source
    reading: Reading | None  # how hard it is; None while the words that are explained aren't known

    @property
    def errors(self) -> list[Problem]:
        return errors_among(self.problems)

    @property
    def can_be_shown(self) -> bool:
        """Whether there is a page, be it with something in place of a missing title."""
        return self.draft.document.parsed is not None

    @property
    def reading_limit(self) -> float:
        own = self.draft.meta and self.draft.meta.reading
        return own.limit if own else READING_LIMIT

    def html(self, today: date, is_draft: bool = True) -> str:
        """The page as readers would get it, with something in place of a missing title; "" while
        its front matter can't be read. A draft says that it is one."""
        site, draft = with_stand_ins(self.site, self.draft)
        catalog = as_of(make_catalog(site), today)
        page = catalog.pages.get(draft.path)
        if page is None:
            return ""
        context = page_context(catalog, page, today)
        return render_context(context | {"is_preview": "draft" if is_draft else False})


def check(
    current: ContentVersion, name: str, text: str, today: date, drafts: Texts = NO_TEXTS
) -> Checked:
    """The page in the file ``name`` with what is wrong with it, as if ``drafts`` were published."""
    site = with_texts(site_of(current.pk), current.pk, drafts)
    site, draft = with_text(site, name, text.replace("\r\n", "\n"))
    found = [problem for problem in site.problems if problem.file == draft.file]
    found += [each for rule in PAGE_RULES for each in rule(site, today) if each.file == draft.file]
    unsourced = list(claims_have_sources(draft, site.data))
    others = [rule for rule in TEXT_RULES if rule is not claims_have_sources]
    found += [each for rule in others for each in rule(draft, site.data)]
    reading = site.data.readability.read(draft.rendered.sentences) if site.data.glossary else None
    return Checked(site, draft, in_order([*found, *unsourced]), unsourced, reading)


def site_of(version: int) -> Site:
    if version not in latest:
        latest.clear()
        latest[version] = read_site(settings.CONTENT_DIR)
    return latest[version]


def warm_up(current: ContentVersion, today: date) -> None:
    """Read the site ahead, so that the first check of a page is as fast as the others."""
    if current.pk not in latest:
        home = site_of(current.pk).folder / "index.md"
        if home.exists():
            check(current, home.name, home.read_text(errors="replace"), today)
