"""Pages as HTML: rendered when they are published, or live while developing."""

import re
from datetime import date

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.timezone import localdate

from kapsite.clinic import get_clinic
from kapsite.pages.catalog import Catalog, Page, load_catalog
from kapsite.pages.linked_data import linked_data
from kapsite.pages.navigation import menus, previous_and_next
from kapsite.pages.social_card import SOCIAL_CARD
from kapsite.problems import ContentError

INDENT = re.compile(r"\n\s+")  # a tenth of a page; content has nothing preformatted


def page(request, path=""):
    """The page at ``path``, from the files as they are now. Only routed while DEBUG is on."""
    try:
        catalog = load_catalog(settings.CONTENT_DIR, static)
    except ContentError as error:
        return render(request, "pages/problems.html", {"problems": error.problems}, status=500)
    found = catalog.pages.get(f"/{path}")
    if found is None:
        raise Http404
    return HttpResponse(render_page(catalog, found, localdate(), request))


def render_page(catalog: Catalog, page: Page, today: date, request=None) -> str:
    """The complete HTML document of ``page``, the same whoever asks for it."""
    if request is None:
        request = HttpRequest()
        request.path = request.path_info = page.path
    previous, following = previous_and_next(catalog, page)
    template = "pages/home.html" if page.path == "/" else "pages/page.html"
    context = {
        "page": page,
        "url": f"{settings.SITE_URL}{page.path}",
        "catalog": catalog,
        "guide": catalog.guide,
        "previous": previous,
        "next": following,
        **menus(catalog),
        "today": today,
        "social_card": f"{settings.SITE_URL}{SOCIAL_CARD}",
        "linked_data": linked_data(page, catalog, get_clinic(), settings.SITE_URL),
    }
    return INDENT.sub("\n", render_to_string(template, context, request))
