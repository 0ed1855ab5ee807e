"""Why a request was refused or redirected, for the log: which setting to change, and to what."""

import logging
import re
from wsgiref.types import WSGIEnvironment

from django.conf import settings

from kapsite.security.logs import OncePerMinute

from .networks import parse
from .proxies import PROXY, SENT, UNIX_SOCKET, Proxies

logger = logging.getLogger(__name__)

PROTO = "HTTP_X_FORWARDED_PROTO"
NOT_READ = {  # other ways in which a proxy says that the reader came by HTTPS
    "HTTP_FORWARDED": "Forwarded",
    "HTTP_X_FORWARDED_SSL": "X-Forwarded-Ssl",
    "HTTP_X_FORWARDED_SCHEME": "X-Forwarded-Scheme",
    "HTTP_X_FORWARDED_PROTOCOL": "X-Forwarded-Protocol",
    "HTTP_X_FORWARDED_PORT": "X-Forwarded-Port",
}
_UNUSUAL = re.compile(r"[^A-Za-z0-9.:,\[\] -]")


class Hints:
    def __init__(self, proxies: Proxies):
        self.proxies = proxies
        self.has_seen_https = False  # then the proxy says it right, and the rest are readers
        self.about_https = OncePerMinute(logger)
        self.about_hosts = OncePerMinute(logger)

    def is_https(self, environ: WSGIEnvironment) -> bool:
        """Whether the reader came by HTTPS, as far as we know; logs why not."""
        if environ["wsgi.url_scheme"] == "https":
            self.has_seen_https = True
            return True
        if not self.has_seen_https:
            reason = self._why_http(environ[PROXY], environ[SENT])
            self.about_https.warning(f"Redirected from http to {settings.SITE_URL}: {reason}")
        return False

    def _why_http(self, proxy: str, sent: dict[str, str]) -> str:
        if not self.proxies.trusts(proxy):
            value = ",".join([*settings.TRUSTED_PROXIES, _named(proxy)])
            return (
                "it came from an address that TRUSTED_PROXIES does not name. If a proxy there "
                f"accepts HTTPS, set TRUSTED_PROXIES={value} and restart."
            )
        if proto := sent.get(PROTO):
            return (
                f"the proxy sent X-Forwarded-Proto: {printable(proto)}, whose last word counts. "
                "If pages redirect to themselves, let the proxy send X-Forwarded-Proto: https; "
                "behind another proxy, let it pass on what that one sent."
            )
        others = ", ".join(NOT_READ[name] for name in NOT_READ if name in sent)
        return (
            f"the proxy sent no X-Forwarded-Proto{f' ({others} is not read)' if others else ''}. "
            "If it accepts HTTPS, let it send X-Forwarded-Proto: https "
            "(nginx: proxy_set_header X-Forwarded-Proto $scheme;)."
        )

    def wrong_host(self, environ: WSGIEnvironment) -> None:
        host = printable(environ.get("HTTP_HOST", "")) or "no host"
        self.about_hosts.warning(
            f"Refused with 400: the request asked for {host}, and SITE_URL is {settings.SITE_URL}. "
            f"If that is this site's address, set SITE_URL=https://{host} and restart. If a proxy "
            f"changed it, let it send Host: {settings.ALLOWED_HOSTS[0]} "
            "(nginx: proxy_set_header Host $host;)."
        )


def _named(proxy: str) -> str:
    """An address inside, as TRUSTED_PROXIES takes it. One outside may be a visitor's."""
    if not proxy:
        return UNIX_SOCKET
    address = parse(proxy)
    return proxy if address and address.is_private else "ADDRESS-OF-THE-PROXY"


def printable(text: str) -> str:
    """What someone sent, short and harmless enough for the log."""
    return _UNUSUAL.sub("?", text[:100])
