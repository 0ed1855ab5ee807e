"""Whether readers get the site at its address, through the proxy, with a good certificate."""

import http.client
import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from .results import Unhealthy

REACH_SECONDS = 10  # for an answer of the proxy
RENEW_DAYS = 14  # certbot and Caddy renew a certificate 30 days before it ends
HTTPS_DOCS = "See HTTPS in docs/operating.md."


def round_trip() -> str:
    """Ask for pages the way a reader does, through the proxy."""
    days_left = reach(settings.SITE_URL, "/")
    reach(settings.SITE_URL, "/request-evaluation/")
    for host in settings.EXTRA_HOSTS:
        reach(f"https://{host}", "/", leads_to=f"{settings.SITE_URL}/")
    if settings.SECURE:
        reach(f"http://{settings.SITE_HOST}", "/", leads_to=f"{settings.SITE_URL}/")
    if days_left is None:
        return f"{settings.SITE_URL} answers"
    if days_left < RENEW_DAYS:
        raise Unhealthy(f"the certificate ends in {days_left} days", "Renew it: certbot renew")
    return f"{settings.SITE_URL} answers; its certificate is good for {days_left} days"


def reach(address: str, path: str, leads_to: str = "") -> int | None:
    """Ask for a page, which must be there, or lead to another. Returns the certificate's days."""
    url = f"{address}{path}"
    try:
        status, headers, days = ask(address, path)
    except ssl.SSLCertVerificationError as error:
        words = (
            f"browsers don't trust the certificate of {address}: {error.verify_message.rstrip('.')}"
        )
        raise Unhealthy(words, HTTPS_DOCS) from None
    except (OSError, http.client.HTTPException) as error:
        words = f"{url} can't be reached from this machine: {error}"
        fix = "Check the name, the proxy (systemctl status nginx) and the firewall."
        raise Unhealthy(words, fix) from None
    location = headers.get("Location", "")
    if leads_to:
        if status not in (301, 308) or location != leads_to:
            raise Unhealthy(f"{url} answers {status} and does not lead to {leads_to}", HTTPS_DOCS)
    elif status in (301, 302, 308):
        raise Unhealthy(
            f"{url} redirects to {location}",
            "Let the proxy send X-Forwarded-Proto, and name it in TRUSTED_PROXIES.",
        )
    elif status != 200 or "frame-ancestors" not in headers.get("Content-Security-Policy", ""):
        fix = "Run systemctl status kapsite; another server may answer for this name."
        raise Unhealthy(f"{url} answers {status}, and not with a page of this site", fix)
    return days


def ask(address: str, path: str) -> tuple[int, http.client.HTTPMessage, int | None]:
    parts = urlsplit(address)
    kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[parts.scheme]
    connection = kind(parts.hostname or "", parts.port, timeout=REACH_SECONDS)
    try:
        connection.request("GET", path, headers={"User-Agent": "kapsite doctor"})
        days = days_of(connection.sock)
        answer = connection.getresponse()
        return answer.status, answer.headers, days
    finally:
        connection.close()


def days_of(connection: socket.socket) -> int | None:
    """For how many days its certificate is good; None without TLS."""
    certificate = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    if not certificate:
        return None
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    return (ends - timezone.now()).days
