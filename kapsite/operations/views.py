"""The machine check: 200 or 503; for HEALTH_ADDRESSES also in words."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from kapsite.operations.monitoring.results import Result
from kapsite.security.wsgi.networks import is_in
from kapsite.security.wsgi.proxies import CLIENT_ADDRESS

from .monitoring import health

logger = logging.getLogger(__name__)

GOOD_FOR = 5  # seconds that an answer is repeated: asking a thousand times costs as much as once
SAFE = ("GET", "HEAD")


@require_safe
def healthz(request):
    """200 when patients can read and write to the clinic, else 503."""
    return response(request.META, latest.is_well(request.META.get("kapsite.pages")))


def response(environ: Mapping[str, Any], is_well: bool) -> HttpResponse:
    words = ["ok" if is_well else "not ok"]
    if is_in(environ.get(CLIENT_ADDRESS, ""), settings.HEALTH_ADDRESSES):
        words += [f"{'ok' if result.is_well else 'not ok'} - {result}" for result in latest.results]
    content = "".join(f"{line}\n" for line in words).encode()
    headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(content))}
    return HttpResponse(content, status=200 if is_well else 503, headers=headers)


class KnownHealth:
    """A WSGI layer: /healthz while its answer may be repeated; everything else from ``app``."""

    def __init__(self, app: WSGIApplication):
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_asked = environ["PATH_INFO"] == "/healthz" and environ["REQUEST_METHOD"] in SAFE
        if not is_asked or not latest.is_fresh():
            return self.app(environ, start_response)
        known = response(environ, latest.was_well())
        start_response(f"{known.status_code} {known.reason_phrase}", [*known.items()])
        return [known.content]  # not `known`: to close it ends a request that Django never had


class Latest:
    """The results of this process, made again at most every few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self.lock = Lock()
        self.results: list[Result] = []
        self.run_at = float("-inf")

    def is_well(self, server) -> bool:
        """While one request makes new results, others get the old ones."""
        if not self.is_fresh() and self.lock.acquire(blocking=not self.results):
            try:
                self.renew(server)
            finally:
                self.lock.release()
        return self.was_well()

    def is_fresh(self) -> bool:
        return self.clock() < self.run_at + GOOD_FOR

    def was_well(self) -> bool:
        return all(result.is_well for result in self.results)

    def renew(self, server):
        if self.is_fresh():  # another request did it meanwhile
            return
        before, self.results = self.results, list(health.run(server))
        self.run_at = self.clock()
        log_changes(before, self.results)


latest = Latest()


def log_changes(before: list[Result], now: list[Result]) -> None:
    for result in now:
        if not result.is_well and result not in before:
            logger.error("Not healthy: %s", result)
    were_bad = {result.name for result in before if not result.is_well}
    for result in now:
        if result.is_well and result.name in were_bad:
            logger.warning("Healthy again: %s", result)
