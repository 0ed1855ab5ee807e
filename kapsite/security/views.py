"""Error pages of Django's handlers."""

import logging
import sys

from django import db
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kapsite.security.wsgi.error_pages import error_page

FOR_STAFF = (400, 403, 404)  # what has a page of its own for staff
logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database is away, 500 for everything else; neither needs the database."""
    away = isinstance(sys.exc_info()[1], db.OperationalError | db.InterfaceError)
    return show(request, 503 if away else 500)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return show(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return show(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """503 while no page at all can be served: that is our fault, and not for ever."""
    server = request.META.get("kapsite.pages")
    return show(request, 503 if server and not server.pages else 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Without the reason: it helps only those who try to get around the check."""
    return show(request, 403, is_stale=True)


def show(request: HttpRequest, status: int, **context: bool) -> HttpResponse:
    """The page for ``status`` as it was published, or made now; a plain one if that fails.

    Templates need the static files to be collected; a person still needs the help line.
    """
    for_staff = status in FOR_STAFF and is_staff(request)
    server = request.META.get("kapsite.pages")  # none in tests and while developing
    if server and not for_staff and (page := server.error_page(status)):
        return HttpResponse(page, status=status)
    template = "admin/error.html" if for_staff else f"{status}.html"
    try:
        return render(request, template, {"status": status, **context}, status=status)
    except Exception:
        logger.exception("The error page for %s cannot be made", status)
        return HttpResponse(error_page(status), status=status)


def is_staff(request: HttpRequest) -> bool:
    """Whether it is someone who is signed in, on a page of the desk."""
    user = getattr(request, "user", None)
    on_desk = request.path.startswith(f"/{settings.ADMIN_PATH}")
    return on_desk and user is not None and user.is_authenticated and user.is_staff
