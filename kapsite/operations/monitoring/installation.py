"""Whether the machine is set up as docs/operating.md says: more named checks, like those in health.

`check --deploy` runs the first few; `doctor` all of them. They take too long for /healthz, or reach
other machines.
"""

import http.client
import os
import smtplib
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from kapsite.inquiries.checks import check_keys
from kapsite.inquiries.desk.reports import system_status
from kapsite.inquiries.models.request.notices import PRINTED
from kapsite.operations.command_line import user
from kapsite.pages.publish.static_storage import HashedFiles
from kapsite.security.files import readable_by_others

from . import health
from .health import Result, Unhealthy, result_of

REACH_SECONDS = 10  # for an answer of the proxy
RENEW_DAYS = 14  # certbot and Caddy renew a certificate 30 days before it ends
HERE = ("localhost", "127.0.0.1", "::1")
HTTPS_DOCS = "See HTTPS in docs/operating.md."


def static_files() -> str:
    if settings.DEBUG:  # they are served where they lie
        return "served as they are written"
    storage = HashedFiles()
    collected = storage.hashed_files
    made_at = storage.get_modified_time(storage.manifest_name).timestamp() if collected else 0
    for finder in get_finders():
        for path, source in finder.list([]):
            changed_at = source.get_modified_time(path).timestamp()
            if path not in collected or changed_at > made_at:
                raise Unhealthy(
                    f"{path} was not collected since it changed",
                    "Run manage.py collectstatic --noinput, then manage.py publish.",
                )
    return "collected as they are now"


def proxies() -> str:
    """A proxy is trusted to say that a reader came by HTTPS."""
    if settings.TRUSTED_PROXIES or not settings.SECURE_SSL_REDIRECT:
        return ", ".join(settings.TRUSTED_PROXIES) or "none needed"
    raise Unhealthy(
        "TRUSTED_PROXIES is not set, so every page would redirect to itself",
        "Set it to the address of the proxy that accepts HTTPS: TRUSTED_PROXIES=127.0.0.1",
    )


# Only for `doctor`


def modes() -> str:
    for place, mode in readable_by_others():
        raise Unhealthy(
            f"other users of this machine can read {place}", f"Run as root: chmod {mode:o} {place}"
        )
    return "what is private can be read by the site's user only"


def owners() -> str:
    """On a public address: what breaks into the site can't change its code or its settings."""
    for place in (settings.VAR_DIR, settings.CONTENT_DIR):
        if place.exists() and not os.access(place, os.W_OK):
            raise Unhealthy(
                f"the site can't write to {place}",
                f"Run as root: chown -R {user(os.geteuid())}: {place}",
            )
    if not settings.SECURE:
        return "the site can write to its data"
    code = settings.BASE_DIR
    for place in (code, code / "kapsite", Path(sys.prefix), settings.ENV_FILE):
        if place.exists() and os.access(place, os.W_OK):
            raise Unhealthy(
                f"the site could change {place}",
                f"Run as root: chown -R root: {place} && chmod -R go-w {place}",
            )
    return "the site can write to its data, and not to its code or settings"


def backup() -> str:
    line = system_status.backup(timezone.now())
    if line.is_well:
        return f"from {line.words}"
    if not settings.BACKUP_RECIPIENTS:
        raise Unhealthy(
            "none can be made: BACKUP_RECIPIENTS is not set", "Run manage.py make_backup_key."
        )
    raise Unhealthy(f"newest: {line.words}", "Run manage.py backup, and look at what it says.")


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


def mail() -> str:
    """Connect, speak TLS and sign in, as for a message."""
    mail_connection().close()
    is_private = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if not is_private and settings.EMAIL_HOST not in HERE:
        raise Unhealthy(
            f"mail goes to {settings.EMAIL_HOST} without encryption",
            "Write smtp+tls:// or smtp+ssl:// in EMAIL_URL.",
        )
    if not settings.NOTIFY_EMAILS:
        raise Unhealthy("nobody hears of new requests", "Set NOTIFY_EMAILS.")
    steps = ["connects", "speaks TLS" if is_private else "", signed_in()]
    return f"{settings.EMAIL_HOST} {', '.join(filter(None, steps))}"


def signed_in() -> str:
    name = settings.EMAIL_HOST_USER
    return f"takes the password of {name}" if name else "wants no password"


def mail_connection() -> BaseEmailBackend:
    if settings.EMAIL_BACKEND == PRINTED:
        raise Unhealthy("is only printed", "Set EMAIL_URL to your mail server.")
    connection = get_connection()
    try:
        open_in_words(connection)
    except Unhealthy:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()
        raise
    return connection


def open_in_words(connection: BaseEmailBackend) -> None:
    """Connect, speak TLS and sign in; what fails of these is said."""
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        words = f"{server} refuses the name or the password ({error.smtp_code})"
        raise Unhealthy(words, "Correct them in EMAIL_URL.") from None
    except smtplib.SMTPNotSupportedError as error:
        raise Unhealthy(f"{server}: {error}", "Try smtp+ssl:// with port 465.") from None
    except ssl.SSLError as error:
        words = f"{server} does not speak TLS as it should: {error.reason or error}"
        raise Unhealthy(words, "smtp+tls:// goes with port 587, smtp+ssl:// with 465.") from None
    except (OSError, smtplib.SMTPException) as error:
        words = f"{server} does not answer: {error}"
        raise Unhealthy(words, "Check the host and the port in EMAIL_URL.") from None


def send_test_message() -> str:
    """Send a message to each of NOTIFY_EMAILS."""
    subject, body = "Test", f"The mail of {settings.SITE_URL} arrives. Nothing is to be done.\n"
    with mail_connection() as connection:
        for address in settings.NOTIFY_EMAILS:
            try:
                EmailMessage(subject, body, to=[address], connection=connection).send()
            except (OSError, smtplib.SMTPException) as error:
                words = f"the mail server refuses a message to {address}: {error}"
                raise Unhealthy(words, "Check NOTIFY_EMAILS and MAIL_FROM.") from None
    return f"sent to {', '.join(settings.NOTIFY_EMAILS)}: look whether it arrived"


Check = Callable[[], str]
ON_DEPLOY: dict[str, Check] = {"Static files": static_files, "Proxy": proxies}
FOR_DOCTOR: dict[str, Check] = {
    "Modes": modes,
    "Owners": owners,
    "Backup": backup,
    "Address": round_trip,
    "Mail": mail,
}


def run(*more: dict[str, Check]) -> Iterator[Result]:
    """What /healthz checks, and more. With wrong keys, it would note them as keys in use."""
    if wrong := check_keys(None, databases=["default"]):
        yield from (Result("Encryption keys", each.msg.rstrip("."), each.hint) for each in wrong)
    else:
        yield from health.run()
    for checks in (ON_DEPLOY, *more):
        for name, check in checks.items():
            yield result_of(name, check)
