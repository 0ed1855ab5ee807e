"""Ask a WSGI application directly, as a server would."""

import io
from contextlib import contextmanager
from dataclasses import dataclass
from wsgiref.util import setup_testing_defaults

from django.core.signals import request_finished, request_started
from django.db import close_old_connections


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(app, path="/", method="GET", body=b"", **environ) -> Answer:
    """The answer of ``app``; further environ keys by name, such as ``HTTP_ACCEPT_ENCODING``."""
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "localhost:8000",
        "wsgi.input": io.BytesIO(body),
    } | environ
    if body:
        environ.setdefault("CONTENT_LENGTH", str(len(body)))
    setup_testing_defaults(environ)
    started = []
    with connection_kept():
        parts = app(environ, lambda status, headers, exc=None: started.append((status, headers)))
        content = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
    [(status, headers)] = started
    return Answer(int(status.split()[0]), dict(headers), content)


@contextmanager
def connection_kept():
    """Keep the test's transaction open, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
