"""The page for a form over its rate limit: it holds what was typed, and a button to send it again.

It has to be cheap, since an attack makes many: only the fields are rendered each time, the page
around them is cached.
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

CACHE_SECONDS = 30  # facts about the clinic may change
ACTION, FIELDS = "[[action]]", "[[fields]]"  # placeholders


class CachedPage:
    """The parts of the page before, between and after action and fields."""

    parts: tuple[str, str, str] = ("", "", "")
    stale_at = float("-inf")


def send_again_page(environ: WSGIEnvironment, fields: Iterable[tuple[str, str]]) -> bytes:
    """HTML that posts ``fields`` to the same address once more."""
    if time.monotonic() >= CachedPage.stale_at:
        CachedPage.parts = _split(_rendered_page(environ))
        CachedPage.stale_at = time.monotonic() + CACHE_SECONDS
    before, between, after = CachedPage.parts
    action = escape(environ["PATH_INFO"].encode("latin-1").decode("utf-8"))
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n'
        for name, value in fields
    )
    return "".join([before, action, between, hidden, after]).encode()


def send_again(request: HttpRequest, seconds: int) -> HttpResponse:
    """The response to a posted form, for views; ``seconds`` until it can be sent again."""
    page = send_again_page(request.META, fields_of(request))
    return HttpResponse(page, status=429, headers={"Retry-After": str(seconds)})


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.POST.lists() for value in values]


def _split(page: str) -> tuple[str, str, str]:
    before, _, rest = page.partition(ACTION)
    return (before, *rest.partition(FIELDS)[::2])


def _rendered_page(environ: WSGIEnvironment) -> str:
    """From the template; a plain page if that fails, for example without static files."""
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
