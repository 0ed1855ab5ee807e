"""Pages rendered live from the files as they are now, while developing."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.timezone import localdate

from kapsite.content_files.problems import errors_among
from kapsite.pages.publish.catalog import read_catalog
from kapsite.pages.publish.consents import consent_problems
from kapsite.pages.publish.page_html import render_page
from kapsite.pages.syntax.schema import path_of


def live_page(request, path=""):
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
