"""The security headers of every answer, decided here and nowhere else.

The guard puts them on pages, errors, redirects, static files and 304 alike.
Sources: OWASP Secure Headers Project; W3C CSP Level 3 and Trusted Types.
"""

from functools import cache

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


def security_headers(path: str, is_https: bool = False) -> tuple[tuple[str, str], ...]:
    """The headers for an answer to ``path``; HSTS counts over https only."""
    return headers_for(path.startswith(f"/{settings.ADMIN_PATH}"), is_https)


@cache
def headers_for(is_admin: bool, is_https: bool) -> tuple[tuple[str, str], ...]:
    # Trusted types would also refuse the script that reloads the page for `make dev`.
    policy = ADMIN_POLICY if is_admin or settings.DEBUG else PUBLIC_POLICY
    if not is_https:
        return (("Content-Security-Policy", policy), *_ALWAYS)
    return (
        ("Content-Security-Policy", f"{policy}; upgrade-insecure-requests"),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),  # a year
        *_ALWAYS,
    )
