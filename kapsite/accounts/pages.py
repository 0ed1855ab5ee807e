from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse


def page_of(request) -> str:
    """Where the person is: for a form that was sent, the page it stood on."""
    if request.method == "GET":
        return request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    is_ours = page.netloc == request.get_host() and page.path.startswith(f"/{settings.ADMIN_PATH}")
    return page._replace(scheme="", netloc="").geturl() if is_ours else reverse("admin:index")
