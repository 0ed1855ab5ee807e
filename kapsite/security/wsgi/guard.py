"""The first and last code that sees a request: a small WSGI layer around everything.

Some requests break Django before any middleware runs (``Content-Type: …; charset=zlib``
is answered with a bare 500), and published pages and static files never reach Django.
So what may enter, and which headers every answer carries, is decided here.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import quote, unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from .body import Headers, LongText, Refused, Upload, form_type, is_upload, read_body
from .error_pages import error_page, status_line
from .headers import Pairs, finished
from .hints import Hints
from .proxies import PROXY, Proxies

logger = logging.getLogger(__name__)

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
PATH_LIMIT = 1_000  # characters; the longest address of the site has fewer than 100
QUERY_LIMIT = 3_000  # characters; the admin's filters need a few hundred
BODY_SECONDS = 15  # for the whole body, so that a slow sender cannot hold a worker
LONG_TEXTS = 4  # of editors that are received at once, since each is held in memory
UPLOAD_SECONDS = 120  # for an image of 15 MB from a line of 1 Mbit/s
HEALTH_PATH = "/healthz"

Write = Callable[[bytes], object]  # named here: an annotation of `start` is read at each request

_PLAIN_PATH = re.compile(r"/[!-~]*")  # printable ASCII, no space
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_QUERY = re.compile(r"[!-~]*")


class Guard:
    def __init__(self, app: WSGIApplication, body_seconds: float = BODY_SECONDS) -> None:
        self.app = app
        self.body_seconds = body_seconds
        self.proxies = Proxies(settings.TRUSTED_PROXIES)
        self.hints = Hints(self.proxies)
        self.site_url = settings.SITE_URL
        self.site_host = settings.SITE_URL.partition("//")[2]
        # Cached, because checking a host takes as long as the rest of guard and front.
        self.is_ours = lru_cache(64)(partial(_is_one_of, settings.ALLOWED_HOSTS))
        self.is_extra = lru_cache(64)(partial(_is_one_of, settings.EXTRA_HOSTS))
        self.admin = f"/{settings.ADMIN_PATH}"
        self.editor = f"{self.admin}edit/"
        self.uploads = f"{self.editor}images/"
        self.cookie_names = {
            settings.SESSION_COOKIE_NAME,
            settings.CSRF_COOKIE_NAME,
            settings.PASSKEY_COOKIE_NAME,
        }
        self.only_https = settings.SECURE_SSL_REDIRECT
        self.long_texts = BoundedSemaphore(LONG_TEXTS)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_admin = environ.get("PATH_INFO", "").startswith(self.admin)

        def start(status: str, headers: Pairs, exc_info: Any = None) -> Write:
            is_https = environ["wsgi.url_scheme"] == "https"
            ours = finished(headers, is_admin, is_https)
            if not getattr(getattr(start_response, "__self__", None), "knows_constants", False):
                ours = list(ours)  # other servers want a plain list and may change it (PEP 3333)
            return start_response(status, ours, exc_info)

        try:
            self._admit(environ, is_admin)
            answer = self.app(environ, start)
        except Refused as refused:
            answer = _answer(start, refused.status, refused.headers)
        except Exception:
            logger.exception("An answer failed: %s", environ.get("REQUEST_METHOD"))
            answer = _answer(start, 500, exc_info=sys.exc_info())
        return _without_body(answer) if environ["REQUEST_METHOD"] == "HEAD" else answer

    def _admit(self, environ: WSGIEnvironment, is_admin: bool) -> None:
        """Make ``environ`` safe for what lies behind, or raise ``Refused``."""
        environ["SCRIPT_NAME"] = ""
        self.proxies.apply(environ)
        method = environ["REQUEST_METHOD"]
        if method not in METHODS:
            raise Refused(405, [("Allow", ", ".join(METHODS))])
        self._drop_what_only_the_admin_reads(environ, is_admin)
        _check_target(environ)
        self._check_host(environ)
        if method == "POST" and environ["PATH_INFO"] == self.uploads and is_upload(environ):
            environ["wsgi.input"] = Upload(environ, settings.LARGEST_UPLOAD, UPLOAD_SECONDS)
        elif method == "POST" and self._is_long_text(environ):
            environ["CONTENT_TYPE"] = form_type(environ)
            limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            text = LongText(environ, limit, self.body_seconds, self.long_texts)
            environ["wsgi.input"] = text
        elif method == "POST":
            environ["CONTENT_TYPE"] = form_type(environ)
            may_be_chunked = self.proxies.trusts(environ[PROXY])
            body = read_body(environ, settings.FORM_BYTES, self.body_seconds, may_be_chunked)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ["wsgi.input"] = BytesIO(body)
        else:
            environ.pop("CONTENT_TYPE", None)
            environ.pop("CONTENT_LENGTH", None)
            environ["wsgi.input"] = BytesIO()

    def _is_long_text(self, environ: WSGIEnvironment) -> bool:
        length = environ.get("CONTENT_LENGTH", "")
        is_long = length.isdecimal() and len(length) < 16 and int(length) > settings.FORM_BYTES
        return is_long and environ["PATH_INFO"].startswith(self.editor)

    def _drop_what_only_the_admin_reads(self, environ: WSGIEnvironment, is_admin: bool) -> None:
        """No other page uses a query string or a cookie, so nothing in them can refuse it."""
        cookies = environ.pop("HTTP_COOKIE", "")
        if not is_admin:
            environ["QUERY_STRING"] = ""
        elif own := ";".join(filter(self._is_own, cookies.split(";"))):
            environ["HTTP_COOKIE"] = own

    def _is_own(self, cookie: str) -> bool:
        """Other programs of the clinic's domain set cookies too, and anything can be in those.

        A backslash can hide a NUL, and is in no value that the site itself sets.
        """
        return cookie.partition("=")[0].strip() in self.cookie_names and "\\" not in cookie

    def _check_host(self, environ: WSGIEnvironment) -> None:
        if environ["PATH_INFO"] == HEALTH_PATH:  # asked by machines, by address and without TLS
            environ["HTTP_HOST"] = self.site_host
            return
        host = environ.get("HTTP_HOST", "")
        if not self.is_ours(host):
            if environ["REQUEST_METHOD"] in ("GET", "HEAD") and self.is_extra(host):
                raise self._moved(environ)
            self.hints.wrong_host(environ)
            raise Refused(400)
        if self.only_https and not self.hints.is_https(environ):
            raise self._moved(environ)

    def _moved(self, environ: WSGIEnvironment) -> Refused:
        """To the same path at SITE_URL, whatever host and scheme were asked for."""
        query = environ.get("QUERY_STRING", "")
        location = self.site_url + quote(environ["PATH_INFO"].encode("latin-1"))
        return Refused(301, [("Location", location + ("?" + query if query else ""))])


def _is_one_of(hosts: list[str], header: str) -> bool:
    domain, _port = split_domain_port(header)
    return bool(domain) and validate_host(domain, hosts)


def _answer(
    start: StartResponse, status: int, headers: Headers = (), exc_info: Any = None
) -> list[bytes]:
    body = error_page(status) if status >= 400 else b""  # a redirect has nothing to say
    start(
        status_line(status),
        [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            *headers,
        ],
        exc_info,
    )
    return [body]


def _without_body(answer: Iterable[bytes]) -> list[bytes]:
    """gunicorn drops the body of an answer to HEAD too, with a warning for each."""
    if close := getattr(answer, "close", None):
        close()
    return []


def _check_target(environ: WSGIEnvironment) -> None:
    """Refuse a path or query string that is too long, holds controls or is not UTF-8."""
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if len(path) > PATH_LIMIT or len(query) > QUERY_LIMIT:
        raise Refused(414)
    if (query and not _QUERY.fullmatch(query)) or not path.startswith("/"):
        raise Refused(400)
    if not _PLAIN_PATH.fullmatch(path) or "%" in query:
        try:
            # With "?" between them, bytes of the path and the query can't make one letter together.
            text = (path.encode("latin-1") + b"?" + unquote_to_bytes(query)).decode("utf-8")
        except UnicodeError:
            raise Refused(400) from None
        if _CONTROL.search(text):
            raise Refused(400)
