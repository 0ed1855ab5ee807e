"""The security headers of every answer, decided here and nowhere else.

The guard puts them on pages, errors, redirects, static files and 304 alike.
Sources: OWASP Secure Headers Project; W3C CSP Level 3 and Trusted Types.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from django.conf import settings

# Nothing is allowed but what the site itself serves; no inline style or script.
_OWN_FILES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PUBLIC_POLICY = f"{_OWN_FILES}; require-trusted-types-for 'script'"
ADMIN_POLICY = _OWN_FILES  # Django's own admin scripts write HTML, which trusted types refuse

_SWITCHED_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
_ALWAYS = (
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{name}=()" for name in _SWITCHED_OFF)),
    ("Referrer-Policy", "same-origin"),  # with no-referrer browsers send `Origin: null`
    ("X-Content-Type-Options", "nosniff"),
    ("X-DNS-Prefetch-Control", "off"),  # a link to a source must not look its host up
    ("X-Frame-Options", "DENY"),
    ("X-Permitted-Cross-Domain-Policies", "none"),
)

OWNED = frozenset(
    ["content-security-policy", "strict-transport-security", *(n.lower() for n, _ in _ALWAYS)]
)


def security_headers(path: str) -> tuple[tuple[str, str], ...]:
    """The headers for an answer to ``path`` over http."""
    return headers_for(path.startswith(f"/{settings.ADMIN_PATH}"), is_https=False)


@cache
def headers_for(is_admin: bool, is_https: bool) -> tuple[tuple[str, str], ...]:
    """HSTS counts over https only."""
    # Trusted types would also refuse the script that reloads the page for `make dev`.
    policy = ADMIN_POLICY if is_admin or settings.DEBUG else PUBLIC_POLICY
    if not is_https:
        return (("Content-Security-Policy", policy), *_ALWAYS)
    return (
        ("Content-Security-Policy", f"{policy}; upgrade-insecure-requests"),
        ("Strict-Transport-Security", hsts()),
        *_ALWAYS,
    )


def hsts() -> str:
    subdomains = "; includeSubDomains" if settings.HSTS_SUBDOMAINS else ""
    return f"max-age={settings.HSTS_SECONDS}{subdomains}"


Pairs = list[tuple[str, str]]


class Constant(Pairs):
    """The headers of an answer that is the same for everyone who gets it."""

    sent: Any = None  # how the server sends them, once it has


def finished(headers: Pairs, is_admin: bool, is_https: bool) -> Pairs:
    """The headers of an answer, of the application's own and ours.

    Those of pages and static files, which have an ETag, are made once; what holds a secret is not
    kept.
    """
    names = [name for name, _ in headers]
    if "ETag" in names and "Set-Cookie" not in names and not is_admin:
        return _constant(tuple(headers), is_https)
    return [*_own(headers), *headers_for(is_admin, is_https)]


@lru_cache(512)
def _constant(headers: tuple[tuple[str, str], ...], is_https: bool) -> Constant:
    return Constant([*_own(headers), *headers_for(is_admin=False, is_https=is_https)])


def _own(headers: Iterable[tuple[str, str]]) -> Pairs:
    """The application's headers without those that are set here; not cached by default."""
    kept = [pair for pair in headers if pair[0].lower() not in OWNED]
    if not any(name.lower() == "cache-control" for name, _ in kept):
        kept.append(("Cache-Control", "no-store"))
    return kept
