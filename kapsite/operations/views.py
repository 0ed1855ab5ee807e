"""The machine check."""

import logging
import time
from collections.abc import Callable
from threading import Lock

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from . import health
from .health import Result

logger = logging.getLogger(__name__)

GOOD_FOR = 5  # seconds that an answer is repeated: asking a thousand times costs as much as once


@require_safe
def healthz(request):
    """200 when patients can read and write to the clinic, else 503; no details."""
    is_well = latest.is_well(request.META.get("kapsite.pages"))
    return HttpResponse(
        "ok\n" if is_well else "not ok\n",
        status=200 if is_well else 503,
        content_type="text/plain",
    )


class Latest:
    """The results of this process, made again at most every few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self.lock = Lock()
        self.results: list[Result] = []
        self.run_at = float("-inf")

    def is_well(self, server) -> bool:
        """While one request makes new results, others get the old ones."""
        is_old = self.clock() >= self.run_at + GOOD_FOR
        if is_old and self.lock.acquire(blocking=not self.results):
            try:
                self.renew(server)
            finally:
                self.lock.release()
        return not any(result.fix for result in self.results)

    def renew(self, server):
        if self.clock() < self.run_at + GOOD_FOR:  # somebody else did meanwhile
            return
        before, self.results = self.results, list(health.run(server))
        self.run_at = self.clock()
        log_changes(before, self.results)


latest = Latest()


def log_changes(before: list[Result], now: list[Result]) -> None:
    for result in now:
        if result.fix and result not in before:
            logger.error("Not healthy: %s", result)
    were_bad = {result.name for result in before if result.fix}
    for result in now:
        if not result.fix and result.name in were_bad:
            logger.warning("Healthy again: %s", result)
