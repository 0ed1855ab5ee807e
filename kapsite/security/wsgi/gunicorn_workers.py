"""What gunicorn doesn't do by itself: our pages for unreadable requests, turns, limits.

gunicorn.conf.py puts these in place.
"""

import errno
import logging
import re
import resource
import socket
from functools import partial
from typing import Any

import gevent
from gevent.server import StreamServer
from gunicorn import util
from gunicorn.http import errors, message, wsgi
from gunicorn.workers.base_async import AsyncWorker
from gunicorn.workers.ggevent import GeventWorker as StockGeventWorker
from gunicorn.workers.gthread import ThreadWorker as StockThreadWorker

from .error_pages import error_page, status_line
from .headers import Constant, security_headers

logger = logging.getLogger(__name__)

HEADER_BYTES = 32_768  # of all headers of a request; what nginx takes too
STALLED_SECONDS = 30  # a client that reads nothing for this long is dropped
_STATUS = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417,
}


class Response(wsgi.Response):
    """Sends head and body together, and looks only once at headers that never change."""

    response_length: int | None
    headers: list[tuple[str, str]]
    headers_sent: bool
    lines: str | None = None
    knows_constants = True  # so the guard may hand it one

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        # After a fault the headers of the error page replace those of the page.
        self.headers, self.response_length, self.lines = [], None, None
        if not isinstance(headers, Constant):
            super().process_headers(headers)
            return
        if headers.sent is None:
            super().process_headers(headers)
            lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
            headers.sent = self.headers, self.response_length, lines
        self.headers, self.response_length, self.lines = headers.sent

    def write(self, arg: bytes) -> None:
        is_whole = len(arg) == self.response_length and not self.headers_sent
        if not is_whole or self._omits_body:
            super().write(arg)
            return
        lines = self.lines or "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        head = f"{''.join(self.default_headers())}{lines}\r\n"
        util.write(self.sock, head.encode("latin-1") + arg)
        self.headers_sent = True
        self.sent = len(arg)


class PoliteErrors:
    """A request that gunicorn cannot parse gets the same page and headers as any other."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        malformed = isinstance(exc, errors.ParseException | errors.ConfigurationProblem)
        status = _STATUS.get(type(exc), 400) if malformed else 500
        if not malformed:
            logger.error("A request failed in the server", exc_info=exc)
        try:
            client.settimeout(STALLED_SECONDS)
            client.sendall(_bare_answer(status))
            util.close_graceful(client)
        except OSError:
            logger.debug("The reader left before the error page was sent")


def _bare_answer(status: int) -> bytes:
    body = error_page(status)
    headers = [
        ("Connection", "close"),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        *security_headers("/"),
    ]
    lines = [f"HTTP/1.1 {status_line(status)}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class GeventWorker(PoliteErrors, StockGeventWorker):
    """Many slow clients cost little; one that stops reading is dropped after a while."""

    def server_class(self, listener: Any, *, spawn: Any, **_: Any) -> StreamServer:
        """gunicorn's place for a server of one's own. With several workers its stock one accepts
        one connection at each look, so that a new reader waits for all who connected before.
        """
        return StreamServer(listener, handle=partial(self.handle, listener), spawn=spawn)

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        client.settimeout(STALLED_SECONDS)  # the stock worker waits for ever
        AsyncWorker.handle(self, listener, client, addr)

    def handle_request(self, listener_name: Any, req: Any, sock: socket.socket, addr: Any) -> Any:
        # Clients whose next request is there already would be served again and again: reading it
        # switches to nobody else. And sleep(0) only goes round among those who wait to go on, up
        # to hundreds of times, before the sockets of all others are looked at.
        gevent.sleep(1e-6)
        try:
            return super().handle_request(listener_name, req, sock, addr)
        except TimeoutError:  # gunicorn would log it as a fault of ours
            raise ConnectionResetError(errno.ECONNRESET, "the reader stalled") from None

    def handle_quit(self, sig: int, frame: Any) -> None:
        # Ctrl-C. The stock worker exits from inside a greenlet, which often prints a traceback.
        self.cfg.set("graceful_timeout", 1)  # second
        self.alive = False


class GthreadWorker(PoliteErrors, StockThreadWorker):
    """For use behind a proxy that buffers requests: slow clients would occupy its threads."""


def send_in_one_piece() -> None:
    """gunicorn sends two packets for each answer, which costs both ends more."""
    wsgi.Response = Response


def admit_any_letter_in_query_strings() -> None:
    """Some mail programs and old browsers send "?from=café" as it stands; gunicorn answers 400.

    The guard decides what becomes of it. In a path only printable ASCII is let through, as before.
    """
    message.RFC9112_TARGET_INVALID = re.compile(r"[^\x21-\x7e\x80-\xff]|^[^?]*[\x80-\xff]")


def limit_headers_together() -> None:
    """gunicorn has a limit for each header only, which makes half a megabyte for all of them.

    It searches the whole buffer again with each piece that arrives: half a megabyte in pieces of
    50 bytes takes 5 seconds.
    """
    message.Message.max_buffer_headers = property(
        lambda request: HEADER_BYTES, lambda request, computed: None
    )


def connections(wanted: int) -> int:
    """How many a worker can hold: ``wanted``, if the limit of open files can be raised so far."""
    spare = 200  # files besides connections: code, database, log
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = wanted + spare if hard == resource.RLIM_INFINITY else min(wanted + spare, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return files - spare
