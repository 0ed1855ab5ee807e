"""Error pages of Django's handlers."""

import logging
import sys

from django import db
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kapsite.security.wsgi.error_pages import error_page

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
    front = request.META.get("kapsite.front")
    return show(request, 503 if front and not front.pages else 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Without the reason: it helps only those who try to get around the check."""
    return show(request, 403)


def show(request: HttpRequest, status: int) -> HttpResponse:
    """The page for ``status``, or a plain one when even that cannot be made.

    Templates need the static files to be collected; a person still needs the help line.
    """
    try:
        return render(request, f"{status}.html", status=status)
    except Exception:
        logger.exception("The error page for %s cannot be made", status)
        return HttpResponse(error_page(status), status=status)
