"""Pages as HTML: rendered when they are published, or live while developing."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.timezone import localdate

from kapsite.clinic import known_clinic
from kapsite.pages.catalog import Catalog, Page, read_catalog
from kapsite.pages.consents import consent_problems
from kapsite.pages.linked_data import linked_data
from kapsite.pages.navigation import menus, previous_and_next
from kapsite.pages.schema import path_of
from kapsite.pages.social_card import SOCIAL_CARD
from kapsite.problems import Problem, errors_among

INDENT = re.compile(r"\n\s+")  # a tenth of a page; content has nothing preformatted


def page(request, path=""):
    """The page at ``path``, from the files as they are now. Only routed while DEBUG is on.

    Errors in its own file are shown instead of it, those of other files in a notice above it.
    """
    catalog, problems = read_catalog(settings.CONTENT_DIR, static)
    errors = errors_among(problems)
    errors += consent_problems(settings.CONTENT_DIR, settings.PUBLISHED_DIR)
    own = [problem for problem in errors if address_of(problem.file) == f"/{path}"]
    other_problems = [problem for problem in errors if problem not in own]
    if own:
        context = {"problems": own, "elsewhere": other_problems}
        return render(request, "pages/problems.html", context, status=500)
    found = catalog.pages.get(f"/{path}")
    if found is None:
        raise Http404
    return HttpResponse(render_page(catalog, found, localdate(), request, other_problems))


def address_of(file: str) -> str:
    """The page that a content file makes: ``content/a.md`` is ``/a/``; nothing for data."""
    name = Path(file)
    return path_of(name, Path(name.parts[0])) if name.suffix == ".md" else ""


def render_page(
    catalog: Catalog, page: Page, today: date, request=None, other_problems: Sequence[Problem] = ()
) -> str:
    """The complete HTML document of ``page``, the same whoever asks for it.

    ``other_problems`` is only for editors: the errors of other files.
    """
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
        "linked_data": linked_data(page, catalog, known_clinic(), settings.SITE_URL),
        "other_problems": other_problems,
    }
    return INDENT.sub("\n", render_to_string(template, context, request))
