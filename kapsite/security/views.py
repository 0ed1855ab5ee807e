"""The machine check, and the pages for what went wrong below a view."""

import sys

from django import db
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kapsite.postgresql import answer_within

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
    status = 503 if away else 500
    return render(request, f"{status}.html", status=status)


def csrf_failure(request, reason=""):
    """Without the reason: it helps only those who try to get around the check."""
    return render(request, "403.html", status=403)
