"""Did this post come from a page of ours? Stands in for the CSRF cookie on public forms.

A form that anyone may send without signing in gives an attacker no power of the victim's to
use; what is left is sending in a visitor's name, and browsers themselves say when that
happens. Nothing here holds off scripts, which can send any header they like.
"""

from enum import Enum, auto
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


class Origin(Enum):
    OURS = auto()
    FOREIGN = auto()
    UNKNOWN = auto()  # a browser that hides where its posts come from, or makes a site hide it


def origin_of(request: HttpRequest) -> Origin:
    """In the order in which the three headers can be relied on; each decides if it is there.

    1. ``Sec-Fetch-Site``: no page can set or remove it. All browsers send it since 2023, but
       only over https and to localhost. "none" is the person's own doing, as in a reload.
    2. ``Origin``: sent with every post since about 2020. "null" says nothing, so go on.
    3. ``Referer``: may be missing, but a foreign page cannot make it look like ours.

    Without any of them, it is not a browser in which another site could have started this.
    An Origin that names another site is refused even when Sec-Fetch-Site says otherwise.
    """
    origin = request.headers.get("Origin", "null")
    if origin != "null" and origin not in _own_origins(request):
        return Origin.FOREIGN
    if site := request.headers.get("Sec-Fetch-Site"):
        return _ours_if(site in {"same-origin", "none"})
    if origin != "null":
        return Origin.OURS
    if referer := request.headers.get("Referer"):
        return _ours_if(_origin_of(referer) in _own_origins(request))
    return Origin.UNKNOWN if "Origin" in request.headers else Origin.OURS


def _ours_if(is_ours: bool) -> Origin:
    return Origin.OURS if is_ours else Origin.FOREIGN


def _own_origins(request: HttpRequest) -> set[str]:
    return {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
