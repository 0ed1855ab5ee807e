"""The HTML document of a page, the same whether it is published or shown live.

Templates get plain values only, all of them in the context: a page whose context is the same as
before needs no rendering (``publisher``). So nothing in it may stand for more than it shows.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from kapsite.content_files.problems import Problem
from kapsite.pages.publish.document.catalog import Catalog, Page
from kapsite.pages.publish.document.linked_data import linked_data
from kapsite.pages.publish.document.navigation import menus, pages_above, previous_and_next
from kapsite.pages.publish.document.social_card import SOCIAL_CARD

INDENT = re.compile(r"\n\s+")  # a tenth of a page; content has nothing preformatted


def render_page(
    catalog: Catalog, page: Page, today: date, other_problems: Sequence[Problem] = ()
) -> str:
    """The complete HTML document of ``page``, the same for every reader.

    ``other_problems`` is only for editors: the errors of other files.
    """
    context = page_context(catalog, page, today)
    return render_context(context | {"other_problems": other_problems})


def page_context(catalog: Catalog, page: Page, today: date) -> dict[str, Any]:
    """Everything that the template of ``page`` may show."""
    previous, following = previous_and_next(catalog, page)
    in_header = (part for part in catalog.pages.values() if part.menu_in == "header")
    beside_guide = [part for part in in_header if part.guide is None]
    return {
        "page": page,
        "url": f"{settings.SITE_URL}{page.path}",
        "sources": catalog.cited_on(page),
        "clinic": catalog.clinic,
        # Named here so that a page is made again once one of them has passed.
        "closed_days": catalog.clinic.closed_days_ahead if catalog.clinic else "",
        "notices": catalog.clinic.notices_on(today) if catalog.clinic else [],
        "people": catalog.people,
        "guide": [guide_entry(part) for part in catalog.guide],
        "to_read": [guide_entry(part) for part in (*catalog.guide, *beside_guide)],
        "above": [guide_entry(part) for part in pages_above(catalog, page)],
        "previous": guide_entry(previous) if previous else None,
        "next": guide_entry(following) if following else None,
        **menus(catalog),
        "review_is_overdue": page.review_by is not None and page.review_by < today,
        "social_card": f"{settings.SITE_URL}{SOCIAL_CARD}",
        "linked_data": linked_data(page, catalog, catalog.clinic, settings.SITE_URL),
    }


def render_context(context: dict[str, Any]) -> str:
    template = "pages/home.html" if context["page"].path == "/" else "pages/page.html"
    return INDENT.sub("\n", render_to_string(template, context))


def guide_entry(page: Page) -> dict[str, str | None]:
    return {
        "path": page.path,
        "menu": page.menu,
        "description": page.description,
        "drawing": page.drawing,
    }
