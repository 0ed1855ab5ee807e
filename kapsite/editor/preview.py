"""A page as it would be with the text of a draft, and what is wrong with it.

Only this page is read and checked, so that an editor need not wait; the whole site is checked when
it is published.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from kapsite.content_files.problems import Problem, in_order
from kapsite.pages.check.rules.site_rules import RULES, problems_on
from kapsite.pages.load.site import Draft, Site, read_site, with_text
from kapsite.pages.publish.document.catalog import make_catalog
from kapsite.pages.publish.document.page_html import page_context, render_context

from .models import ContentVersion

latest: dict[int, Site] = {}  # the content as of one version, which is that of the folder


@dataclass(frozen=True)
class Checked:
    """A page with the text of a draft."""

    site: Site
    draft: Draft
    problems: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level == "error"]

    def html(self, today: date) -> str:
        """The page as readers would get it; "" while its front matter can't be read."""
        catalog = make_catalog(self.site)
        page = catalog.pages.get(self.draft.path)
        if page is None or self.draft.meta is None:
            return ""
        return render_context(page_context(catalog, page, today) | {"is_preview": "draft"})


def check(current: ContentVersion, name: str, text: str, today: date) -> Checked:
    """The page in the file ``name``, with what is wrong with it."""
    site, draft = with_text(site_of(current), name, text.replace("\r\n", "\n"))
    found = [problem for problem in site.problems if problem.file == draft.file]
    found += problems_on(draft, site.data)
    found += [each for rule in RULES for each in rule(site, today) if each.file == draft.file]
    return Checked(site, draft, in_order(found))


def site_of(current: ContentVersion) -> Site:
    if current.pk not in latest:
        latest.clear()
        latest[current.pk] = read_site(settings.CONTENT_DIR)
    return latest[current.pk]
