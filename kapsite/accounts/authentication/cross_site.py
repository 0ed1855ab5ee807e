"""Keeps other sites, and browsers that prefetch, from opening pages of the desk.

What staff open is logged under their name. A link, a picture or a form on another site must not
make such an entry, so nothing behind this middleware sees the request; a link leads to a page with
one button. So do links in our own mail when it is read in a browser.

SameSite=Strict withholds cookies from other sites, but not from other hosts of our own domain; and
after a redirect from our own page they would be sent, so that page doesn't redirect by itself.
"""

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import cached_property

from kapsite.security.origin import Origin, origin_of
from kapsite.security.views import permission_denied

SPECULATION = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
NAMES = {  # of what links lead to; the others are "the page"
    "admin:index": "the staff desk",
    "admin:inquiries_inquiry_change": "the request",
    "admin:inquiries_inquiry_changelist": "the inbox",
    "admin:inquiries_overview": "the overview",
    "admin:inquiries_upcoming_deletions": "the list",
}


class CrossSiteRequests(MiddlewareMixin):
    @cached_property
    def set_up(self) -> str:
        return reverse("accounts:set_up")  # logs nothing, and nobody is signed in there yet

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if not request.path.startswith(f"/{settings.ADMIN_PATH}") or request.path == self.set_up:
            return None
        if any(header in request.headers for header in SPECULATION):
            return HttpResponse(status=503)  # the browser asks again on real navigation
        if origin_of(request) is Origin.OURS:
            return None
        if request.method in ("GET", "HEAD"):
            return ask_first(request)
        return permission_denied(request)


def ask_first(request: HttpRequest) -> HttpResponse:
    """Say what would be opened, by its kind only: the visitor may not be staff."""
    name = name_of(request.path_info)
    fields = [(key, value) for key, values in request.GET.lists() for value in values]
    context = {
        "title": f"Open {name}?",
        "name": name,
        # With `next` the button would open another page than the one that it names.
        "fields": [(key, value) for key, value in fields if key != REDIRECT_FIELD_NAME],
    }
    return render(request, "accounts/from_elsewhere.html", context)


def name_of(path: str) -> str:
    try:
        return NAMES.get(resolve(path).view_name, "the page")
    except Resolver404:
        return "the page"
