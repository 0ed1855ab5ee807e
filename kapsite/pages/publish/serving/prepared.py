"""What is prepared when a set is read: empty forms, which get a token in each answer, and the
error pages."""

import gzip
import re
import zlib
from collections.abc import Callable, Mapping

from .manifest import Body
from .published_set import Variants

FORMS, ERRORS = "_forms", "_errors/styled/"  # where a set keeps them
PLACE = re.compile(r"\[\[token field for (.+?)\]\]")

TokenField = Callable[[str], str]  # version of the consent text -> HTML of the hidden field
Headers = tuple[tuple[str, str], ...]
HTML = ("Content-Type", "text/html; charset=utf-8")
VARY = ("Vary", "Accept-Encoding")
GZIP_HEADER = b"\x1f\x8b\x08" + bytes(5) + b"\x02\xff"  # deflate, no time, packed well, any system


def place_for_token(consent_version: str) -> str:
    """What stands in a published form where each answer has its token field."""
    return f"[[token field for {consent_version}]]"


def forms_in(files: Mapping[str, bytes], token_field: TokenField) -> dict[str, "PreparedForm"]:
    """The forms of a set, by path."""
    return {
        name.removeprefix(FORMS).removesuffix("index.html"): PreparedForm(content, token_field)
        for name, content in files.items()
        if name.startswith(FORMS)
    }


def errors_in(files: Mapping[str, bytes]) -> dict[int, Variants]:
    """The error pages of a set, by status."""
    return {
        int(name.removeprefix(ERRORS).removesuffix(".html")): variants_of(content)
        for name, content in files.items()
        if name.startswith(ERRORS)
    }


def variants_of(content: bytes) -> Variants:
    headers = [HTML, VARY, ("Cache-Control", "no-store")]
    packed = gzip.compress(content, mtime=0)
    return {
        "identity": body_of(headers, content),
        "gzip": body_of([*headers, ("Content-Encoding", "gzip")], packed),
    }


def body_of(headers: list[tuple[str, str]], content: bytes) -> Body:
    return Body("", [*headers, ("Content-Length", str(len(content)))], content)


class PreparedForm:
    """A page with a new token field in each answer; all else is rendered and compressed ahead.

    As gzip (RFC 1952) it is one deflate stream (RFC 1951): what comes before the field, flushed to
    a whole byte; the field in a stored block; what comes after it.
    """

    codings = frozenset({"gzip", "identity"})
    headers = (HTML, VARY, ("Cache-Control", "private, no-cache"))

    def __init__(self, page: bytes, token_field: TokenField):
        before, self.consent_version, after = PLACE.split(page.decode())
        self.token_field = token_field
        self.before, self.after = before.encode(), after.encode()
        self.checksum = zlib.crc32(self.before)
        self.packed_before = GZIP_HEADER + deflated(self.before, zlib.Z_FULL_FLUSH)
        self.packed_after = deflated(self.after, zlib.Z_FINISH)

    def answer(self, coding: str) -> Body:
        field = self.token_field(self.consent_version).encode()
        if coding == "gzip":
            return body_of([*self.headers, ("Content-Encoding", "gzip")], self.packed(field))
        return body_of([*self.headers], b"".join((self.before, field, self.after)))

    def packed(self, field: bytes) -> bytes:
        size = len(field)
        block = b"\0" + number(size, 2) + number(size ^ 0xFFFF, 2) + field
        checksum = zlib.crc32(self.after, zlib.crc32(field, self.checksum))
        length = len(self.before) + size + len(self.after)
        trailer = number(checksum, 4) + number(length, 4)
        return b"".join((self.packed_before, block, self.packed_after, trailer))


def deflated(content: bytes, flush: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush(flush)


def number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")
