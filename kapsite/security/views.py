"""The machine check, and the pages for what went wrong below a view."""

import logging
import sys

from django import db
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kapsite.postgresql import answer_within

from .answers import error_page

logger = logging.getLogger(__name__)

DATABASE_SECONDS = 2  # a balancer that asks gives up soon after


@require_safe
def healthz(request):
    """200 when a visitor can read a page and send the form, else 503; no details."""
    well = database_answers() and pages_are_published()
    return HttpResponse(
        "ok\n" if well else "not ok\n", status=200 if well else 503, content_type="text/plain"
    )


def database_answers() -> bool:
    try:
        with answer_within(DATABASE_SECONDS):
            return MigrationRecorder(connection).migration_qs.exists()
    except db.Error:
        return False


def pages_are_published() -> bool:
    return (settings.PUBLISHED_DIR / "current" / "manifest.json").is_file()


def server_error(request):
    """503 while the database is away, 500 for everything else; neither needs the database."""
    away = isinstance(sys.exc_info()[1], db.OperationalError | db.InterfaceError)
    return show(request, 503 if away else 500)


def bad_request(request, exception=None):
    return show(request, 400)


def permission_denied(request, exception=None):
    return show(request, 403)


def page_not_found(request, exception=None):
    return show(request, 404)


def csrf_failure(request, reason=""):
    """Without the reason: it helps only those who try to get around the check."""
    return show(request, 403)


def show(request, status: int) -> HttpResponse:
    """The page for ``status``, or a plain one when even that cannot be made.

    Templates need the static files to be collected; a person still needs the help line.
    """
    try:
        return render(request, f"{status}.html", status=status)
    except Exception:
        logger.exception("The error page for %s cannot be made", status)
        return HttpResponse(error_page(status), status=status)
