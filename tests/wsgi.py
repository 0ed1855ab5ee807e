"""Ask a WSGI application directly, as a server would."""

import io
from dataclasses import dataclass
from wsgiref.util import setup_testing_defaults


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
    parts = app(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
    content = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    [(status, headers)] = started
    return Answer(int(status.split()[0]), dict(headers), content)
