"""Rate limits per network for requests that reach Django; published pages never do.

Counted in the memory of each worker: a request over the limit must cost next to nothing. The
numbers leave room for a hospital or a library behind one address: docs/operating.md.
"""

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http.cookie import parse_cookie

from kapsite.security.logs import OncePerMinute
from kapsite.security.origin import Origin, origin_of

from .error_pages import error_page, status_line
from .networks import NETWORKS_OF_A_SITE, client_network, site_of
from .send_again import fields_of, send_again_page

logger = logging.getLogger(__name__)

SIGNED_IN = "kapsite.signed_in"  # in the environ; set behind us for a complete sign-in


class Rate(NamedTuple):
    """A burst of ``at_once``, then one request every ``seconds``."""

    at_once: int
    seconds: float

    def times(self, number: int) -> "Rate":
        return Rate(self.at_once * number, self.seconds / number)


FORMS = Rate(20, seconds=10)  # posts to public pages
PAGES = Rate(120, seconds=1 / 4)  # everything else without a sign-in
DESK = Rate(300, seconds=1 / 10)  # one signed-in session
YIELD_SECONDS = 1e-6  # any wait but 0 lets gevent serve other sockets first
MAX_BUCKETS = 10_000  # about 3 MB


class Buckets:
    """Token buckets; the least recently used are dropped."""

    def __init__(
        self, most: int = MAX_BUCKETS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most = most
        self.clock = clock
        self.lock = Lock()  # for worker threads
        self.full_at: OrderedDict[str, float] = OrderedDict()  # when a bucket is full again

    def __contains__(self, key: str) -> bool:
        return key in self.full_at

    def take(self, *wanted: tuple[str, Rate]) -> float:
        """Take from every bucket and return 0, or from none and return the seconds to wait."""
        now = self.clock()
        with self.lock:
            filled = [
                (key, max(self.full_at.get(key, now), now) + rate.seconds, rate)
                for key, rate in wanted
            ]
            wait = max(at - now - rate.at_once * rate.seconds for _, at, rate in filled)
            if wait > 1e-6:
                return wait
            for key, at, _ in filled:
                self.full_at[key] = at
                self.full_at.move_to_end(key)
            while len(self.full_at) > self.most:
                self.full_at.popitem(last=False)
        return 0


class Limits:
    """A WSGI layer directly around Django."""

    def __init__(self, app: WSGIApplication, buckets: Buckets | None = None) -> None:
        self.app = app
        self.buckets = buckets or Buckets()
        self.admin = f"/{settings.ADMIN_PATH}"
        self.refused = 0  # since the last line in the log, which names no address
        self.log = OncePerMinute(logger)
        self.turn = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        network = client_network(environ)
        if not network:
            return self._forward(environ, start_response)
        session = self._session(environ)
        is_signed_in = session in self.buckets
        seconds = self._take(environ, network, session if is_signed_in else "")
        if seconds:
            self._count_refusal()
            return self._refuse(environ, start_response, math.ceil(seconds), is_signed_in)
        answer = self._forward(environ, start_response)
        if session and not is_signed_in and environ.get(SIGNED_IN):
            self.buckets.take((session, DESK))
        return answer

    def _count_refusal(self) -> None:
        self.refused += 1
        if self.log.warning(
            f"Requests over the limit of their network since the last line: {self.refused}"
        ):
            self.refused = 0

    def _forward(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Start requests one at a time, and let other connections be served before each.

        So a reader of a published page waits for one response of Django, not for all that are
        queued. Requests that wait for the database don't block this.
        """
        with self.turn:
            time.sleep(YIELD_SECONDS)
        return self.app(environ, start_response)

    def _session(self, environ: WSGIEnvironment) -> str:
        """A name for the session in the cookie; "" without one. The key itself isn't kept."""
        cookies = environ.get("HTTP_COOKIE", "")  # the guard leaves them to the admin only
        key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME) if cookies else ""
        return f"session {hash(key)}" if key else ""

    def _take(self, environ: WSGIEnvironment, network: str, session: str) -> float:
        if session:
            return self.buckets.take((session, DESK))
        kind, rate = "pages", PAGES
        if environ["PATH_INFO"].startswith(self.admin):
            kind = "desk"  # posts to the form never block signing in
        elif environ["REQUEST_METHOD"] == "POST":
            kind, rate = "forms", FORMS
        wanted = [(f"{kind} {network}", rate)]
        if site := site_of(network):
            wanted.append((f"{kind} {site}", rate.times(NETWORKS_OF_A_SITE)))
        return self.buckets.take(*wanted)

    def _refuse(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        seconds: int,
        is_signed_in: bool,
    ) -> Iterable[bytes]:
        """Return what was typed with a button to send it again, but never a password."""
        may_hold = is_signed_in or not environ["PATH_INFO"].startswith(self.admin)
        is_post = environ["REQUEST_METHOD"] == "POST"
        body = (held(environ) if is_post and may_hold else None) or error_page(429)
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Retry-After", str(seconds)),
        ]
        start_response(status_line(429), headers)
        return [body]


def held(environ: WSGIEnvironment) -> bytes | None:
    """The page that holds what was posted; None if none of our forms sends it."""
    request = WSGIRequest(environ)
    try:
        fields = [] if origin_of(request) is Origin.FOREIGN else fields_of(request)
    except (SuspiciousOperation, OSError):  # too many fields; a long text that broke off
        return None
    fields = [(name, value) for name, value in fields if "password" not in name]
    return send_again_page(environ, fields) if fields else None
