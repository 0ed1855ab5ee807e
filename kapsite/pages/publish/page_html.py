"""The HTML document of a page, the same whether it is published or shown live."""

import re
from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string

from kapsite.content_files.problems import Problem
from kapsite.pages.publish.catalog import Catalog, Page
from kapsite.pages.publish.linked_data import linked_data
from kapsite.pages.publish.navigation import menus, previous_and_next
from kapsite.pages.publish.social_card import SOCIAL_CARD

INDENT = re.compile(r"\n\s+")  # a tenth of a page; content has nothing preformatted


def render_page(
    catalog: Catalog, page: Page, today: date, other_problems: Sequence[Problem] = ()
) -> str:
    """The complete HTML document of ``page``, the same for every reader.

    ``other_problems`` is only for editors: the errors of other files.
    """
    previous, following = previous_and_next(catalog, page)
    template = "pages/home.html" if page.path == "/" else "pages/page.html"
    context = {
        "page": page,
        "url": f"{settings.SITE_URL}{page.path}",
        "catalog": catalog,
        "clinic": catalog.clinic,
        "guide": catalog.guide,
        "previous": previous,
        "next": following,
        **menus(catalog),
        "today": today,
        "social_card": f"{settings.SITE_URL}{SOCIAL_CARD}",
        "linked_data": linked_data(page, catalog, catalog.clinic, settings.SITE_URL),
        "other_problems": other_problems,
    }
    return INDENT.sub("\n", render_to_string(template, context))
