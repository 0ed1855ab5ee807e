"""The access log: a line for each request, without address, query, referrer or user agent.

Written in batches and past Python's `logging`, which takes a quarter of the time that a
published page does.
"""

import atexit
import logging
import os
import time
from collections import deque
from datetime import timedelta
from functools import lru_cache
from select import POLLOUT
from threading import Lock, Timer
from typing import Any
from wsgiref.types import WSGIEnvironment

from gevent.monkey import get_original
from gunicorn import glogging

from kapsite.security.logs import short_path

BATCH_BYTES = 4096  # PIPE_BUF: so much arrives in a pipe as one piece, among other writers
BATCH_LINES = 50  # of a usual length they fill a batch
WAIT_SECONDS = 1.0  # the longest that a line waits for others
MAX_LINES = 10_000  # that are kept while the log takes none: about 1 MB
MILLISECOND = timedelta(milliseconds=1)

_cached_path = lru_cache(256)(short_path)


class Logger(glogging.Logger):
    """For gunicorn's `logger_class`. The format is fixed."""

    batches: "Batches | None"

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        match self.access_log.handlers:
            case [logging.StreamHandler() as handler]:  # standard output or a file
                self.batches = Batches(handler)
            case _:  # none, syslog, or a logging configuration
                self.batches = None

    def access(
        self, resp: Any, req: Any, environ: WSGIEnvironment, request_time: timedelta
    ) -> None:
        if not self.access_log_enabled:
            return
        line = (
            f"{_time_now()} {environ['REQUEST_METHOD']} {_path_in_log(environ['PATH_INFO'])} "
            f"{str(resp.status)[:3]} {resp.sent} {round(request_time / MILLISECOND)}ms"
        )
        if self.batches:
            self.batches.add(line + "\n")
        else:
            self.access_log.info(line)


def _path_in_log(path: str) -> str:
    """Longer paths may hold a token, so they are not kept."""
    return _cached_path(path) if path.count("/") < 4 else short_path(path)


def _time_now() -> str:
    return _time_of(int(time.time()))


@lru_cache(1)
def _time_of(second: int) -> str:
    return time.strftime("[%d/%b/%Y:%H:%M:%S %z]", time.localtime(second))


class Batches:
    """Lines for the stream of ``handler``, each written whole, and within a second."""

    def __init__(self, handler: logging.StreamHandler[Any]) -> None:
        self.handler = handler  # not its stream: gunicorn opens another one on SIGUSR1
        self.lines: deque[str] = deque()
        self.lost = self.reported = 0
        self.is_timed = False
        self.writing = Lock()
        atexit.register(self.write)  # in a worker too: it exits like any program

    def add(self, line: str) -> None:
        if len(self.lines) >= MAX_LINES:
            self.lost += 1
            return
        self.lines.append(line)
        if len(self.lines) % BATCH_LINES == 0:
            self.write()
        elif not self.is_timed:
            self._start_timer()

    def _start_timer(self) -> None:
        self.is_timed = True
        timer = Timer(WAIT_SECONDS, self._write_in_time)  # under gevent a greenlet
        timer.daemon = True
        timer.start()

    def _write_in_time(self) -> None:
        self.is_timed = False
        self.write()
        if self.lines and not self.is_timed:  # not taken: once more in a second
            self._start_timer()

    def write(self) -> None:
        """Write what waits, as far as it is taken at once: no request waits for the log."""
        with self.writing:
            try:
                while self.lines and _is_ready(descriptor := self._descriptor()):
                    batch = self._next_batch()
                    os.write(descriptor, "".join(batch).encode())
                    for _ in batch:
                        self.lines.popleft()
            except (OSError, ValueError):  # closed, its reader gone, or the disk full
                self.lost += len(self.lines)
                self.lines.clear()

    def _descriptor(self) -> int:
        handler = self.handler
        if handler.stream is None and isinstance(handler, logging.FileHandler):
            handler.stream = handler._open()  # Django closed it, setting up its own logging
        return handler.stream.fileno()

    def _next_batch(self) -> list[str]:
        if self.lost > self.reported:
            self.lines.append(f"{_time_now()} Lines lost since the start: {self.lost}\n")
            self.reported = self.lost
        batch, size = [], 0
        for number in range(len(self.lines)):  # others add lines meanwhile
            size += len(self.lines[number])
            if size > BATCH_BYTES:
                break
            batch.append(self.lines[number])
        return batch


def _is_ready(descriptor: int) -> bool:
    """Whether a write of a batch returns at once; a full pipe would stop the whole worker."""
    poll = get_original("select", "poll")()  # gevent's own lets others run meanwhile
    poll.register(descriptor, POLLOUT)
    return bool(poll.poll(0))
