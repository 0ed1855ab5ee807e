"""Pages rendered live from the files as they are now, while developing."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from kapsite.clinic import days
from kapsite.content_files.problems import errors_among
from kapsite.pages.load.images import Images
from kapsite.pages.load.site import read_site
from kapsite.pages.publish.document.catalog import as_of, make_catalog
from kapsite.pages.publish.document.page_html import render_page
from kapsite.pages.publish.making.images import WEBP, image_at
from kapsite.pages.publish.making.preflight import preflight


def live_page(request, path=""):
    """The page at ``path``, from the files as they are now. Only routed while DEBUG is on.

    Errors in its own file are shown instead of it, those of other files in a notice above it.
    """
    site = read_site(settings.CONTENT_DIR)
    own_files = {draft.file for draft in site.drafts if draft.path == f"/{path}"}
    errors = errors_among(preflight(site, settings.PUBLISHED_DIR, days.today()))
    own = [problem for problem in errors if problem.file in own_files]
    other_problems = [problem for problem in errors if problem.file not in own_files]
    if own:
        context = {"problems": own, "elsewhere": other_problems}
        return render(request, "pages/problems.html", context, status=500)
    catalog = as_of(make_catalog(site), days.today())
    page = catalog.pages.get(f"/{path}")
    if page is None:
        raise Http404
    return HttpResponse(render_page(catalog, page, days.today(), other_problems))


def live_image(request):
    """An image at the address it would be published at, made from its file as it is now."""
    content = image_at(request.path, Images(settings.CONTENT_DIR))
    if content is None:
        raise Http404
    return HttpResponse(content, content_type=WEBP)
