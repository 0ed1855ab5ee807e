from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import ResolverMatch, reverse


class StaffRequest(HttpRequest):
    """A request from a signed-in user, below the admin's address."""

    user: User
    resolver_match: ResolverMatch
    access_changed: bool  # once the admin has saved an account


def page_of(request: HttpRequest) -> str:
    """The page the person is on: for a submitted form, the page that contains it."""
    if request.method == "GET":
        return request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    is_ours = page.netloc == request.get_host() and page.path.startswith(f"/{settings.ADMIN_PATH}")
    return page._replace(scheme="", netloc="").geturl() if is_ours else reverse("admin:index")
