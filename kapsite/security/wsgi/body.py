"""The body of a post: one content type, one limit, one deadline."""

import contextlib
import re
import socket
import time
from collections.abc import Iterator, Sequence
from threading import BoundedSemaphore, Timer
from wsgiref.types import WSGIEnvironment

from gunicorn.http.errors import ParseException

Headers = Sequence[tuple[str, str]]

_FORM = re.compile(
    r'application/x-www-form-urlencoded[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?;?[ \t]*', re.I
)
_UPLOAD = re.compile(r"multipart/form-data;[ \t]*boundary=[A-Za-z0-9'()+_./:=?-]{1,70}")
_LENGTH = re.compile(r"[0-9]{1,15}")


class Refused(Exception):
    """This request gets an error page. ``headers`` go with it."""

    def __init__(self, status: int, headers: Headers = ()) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


def form_type(environ: WSGIEnvironment) -> str:
    """The one content type that is accepted, without parameters."""
    if not _FORM.fullmatch(environ.get("CONTENT_TYPE", "")):
        raise Refused(415)
    if environ.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
        raise Refused(415)
    return "application/x-www-form-urlencoded"


def read_body(environ: WSGIEnvironment, limit: int, seconds: float, may_be_chunked: bool) -> bytes:
    """The whole body, read before anything else waits for it.

    In chunks from a proxy only: no browser sends them, and tiny ones cost much more to read.
    """
    coding = environ.pop("HTTP_TRANSFER_ENCODING", "").lower()
    if coding and not (coding == "chunked" and may_be_chunked):
        raise Refused(411)
    length = limit + 1 if coding else _length(environ, limit)
    started = time.monotonic()
    try:
        with _deadline(environ, seconds):
            body = environ["wsgi.input"].read(length)
        is_whole = bool(coding) or len(body) == length
    except (OSError, ParseException):
        is_whole = False
    if not is_whole:
        raise Refused(408 if time.monotonic() - started >= seconds else 400)
    if len(body) > limit:
        raise Refused(413)
    return body


class Upload:
    """The body of an upload. Nothing of it is read until the page knows who sends it."""

    def __init__(self, environ: WSGIEnvironment, limit: int, seconds: float) -> None:
        """``seconds`` is for all of it together."""
        coding = environ.pop("HTTP_TRANSFER_ENCODING", "")
        if coding:
            raise Refused(411)
        self.length = _length(environ, 10**15)
        self.is_too_large = self.length > limit
        self.environ, self.input = environ, environ["wsgi.input"]
        self.left, self.seconds = self.length, seconds

    def read(self, size: int = -1) -> bytes:
        """Raises OSError when it ends too early or takes too long."""
        wanted = self.left if size < 0 else min(size, self.left)
        started = time.monotonic()
        try:
            with _deadline(self.environ, max(self.seconds, 0)):
                part: bytes = self.input.read(wanted)
        except ParseException as error:
            raise OSError("The upload can't be read.") from error
        self.seconds -= time.monotonic() - started
        if len(part) < wanted:
            raise OSError("The upload broke off.")
        self.left -= wanted
        return part

    def readline(self, size: int = -1) -> bytes:
        """Django asks whether there is one; what reads forms doesn't use it."""
        raise OSError("An upload is read in parts, not in lines.")


class LongText(Upload):
    """The body of a page that an editor saves. As each is held in memory, ``places`` says how many
    are received at once; only who may edit can take one."""

    def __init__(
        self, environ: WSGIEnvironment, limit: int, seconds: float, places: BoundedSemaphore
    ) -> None:
        super().__init__(environ, limit, seconds)
        if self.is_too_large:
            raise Refused(413)
        self.places = places

    def read(self, size: int = -1) -> bytes:
        """Raises OSError as an upload does, and when no place gets free."""
        if not self.places.acquire(timeout=self.seconds):
            raise OSError("Other long texts are being received.")
        try:
            return super().read(size)
        finally:
            self.places.release()


def is_upload(environ: WSGIEnvironment) -> bool:
    is_plain = environ.get("HTTP_CONTENT_ENCODING", "identity") == "identity"
    return is_plain and _UPLOAD.fullmatch(environ.get("CONTENT_TYPE", "")) is not None


@contextlib.contextmanager
def _deadline(environ: WSGIEnvironment, seconds: float) -> Iterator[None]:
    """A time-out on the socket would start again with every byte that arrives."""
    connection = environ.get("gunicorn.socket")  # there is none under `runserver`
    timer = Timer(seconds, _stop_receiving, [connection])  # under gevent a greenlet
    if connection:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _length(environ: WSGIEnvironment, limit: int) -> int:
    length = environ.get("CONTENT_LENGTH", "")
    if not length:
        raise Refused(411)
    if not _LENGTH.fullmatch(length):
        raise Refused(400)
    if int(length) > limit:
        raise Refused(413)
    return int(length)


def _stop_receiving(connection: socket.socket) -> None:
    """Ends a waiting read; the answer can still be sent."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
