"""The page for a form that came too soon: it holds what was typed, and a button to send it again.

It costs little, because under attack it is made often: only the fields differ from one to the
next, the page around them is kept for a while.
"""

import logging
import time
from collections.abc import Iterable
from html import escape
from wsgiref.types import WSGIEnvironment

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from .error_pages import error_page

logger = logging.getLogger(__name__)

KEPT = 30  # seconds; facts about the clinic may change
ACTION, FIELDS = "[[action]]", "[[fields]]"  # where they go


class Around:
    """The parts of the page before, between and after action and fields."""

    parts: tuple[str, str, str] = ("", "", "")
    stale_at = float("-inf")


def send_again_page(environ: WSGIEnvironment, fields: Iterable[tuple[str, str]]) -> bytes:
    """HTML that posts ``fields`` to the same address once more."""
    if time.monotonic() >= Around.stale_at:
        Around.parts = _split(_page_around(environ))
        Around.stale_at = time.monotonic() + KEPT
    before, between, after = Around.parts
    action = escape(environ["PATH_INFO"].encode("latin-1").decode("utf-8"))
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n'
        for name, value in fields
    )
    return "".join([before, action, between, hidden, after]).encode()


def send_again(request: HttpRequest, seconds: int) -> HttpResponse:
    """The answer to a posted form, for views; ``seconds`` until it is worth another try."""
    page = send_again_page(request.META, fields_of(request))
    return HttpResponse(page, status=429, headers={"Retry-After": str(seconds)})


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.POST.lists() for value in values]


def _split(page: str) -> tuple[str, str, str]:
    before, _, rest = page.partition(ACTION)
    return (before, *rest.partition(FIELDS)[::2])


def _page_around(environ: WSGIEnvironment) -> str:
    """As a template; a plain page when that cannot be made, for example without static files."""
    places = {"action": ACTION, "fields": FIELDS}
    try:
        return render_to_string("send_again.html", places, WSGIRequest(environ))
    except Exception:
        logger.exception("The page that holds a form cannot be made")
        return error_page(429, form=PLAIN_FORM).decode()


PLAIN_FORM = (
    "<p>What you typed is still here, but hasn’t been sent yet.</p>\n"
    f'<form method="post" action="{ACTION}" accept-charset="utf-8">\n{FIELDS}'
    '<p><button type="submit">Send again</button></p>\n</form>\n'
)
