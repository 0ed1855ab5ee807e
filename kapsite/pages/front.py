"""The published pages, served from memory in front of Django.

A published set is a folder made by ``publishing.publish``. Its manifest decides status,
headers and bodies; a request costs one dictionary look-up. A new set is taken over as a
whole, a set that cannot be read is ignored and the one in memory stays.
"""

import json
import logging
import os
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

logger = logging.getLogger(__name__)

LOOK_AGAIN = 0.5  # seconds between looks for a newer set; an editor waits at most two
EMPTY: Mapping[str, "Variants"] = MappingProxyType({})


class Body(NamedTuple):
    """One encoding of one page, ready to send."""

    etag: str
    headers: list[tuple[str, str]]
    content: bytes


Variants = Mapping[str, Body]  # by content coding: "br", "gzip", "identity"


class Front:
    """A WSGI layer: published pages from memory, everything else from ``app``."""

    def __init__(self, app, published_dir: Path, clock=time.monotonic):
        self.app = app
        self.current = published_dir / "current"
        self.clock = clock
        self.set_name: str | None = None
        self.unreadable: str | None = None
        self.pages = EMPTY
        self.look_at = float("-inf")
        self.refresh()

    def __call__(self, environ, start_response):
        if self.clock() >= self.look_at:
            self.refresh()
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.app(environ, start_response)
        path = environ.get("PATH_INFO", "")
        variants = self.pages.get(path)
        if variants is None:
            if path + "/" in self.pages:
                return redirect_to_slash(environ, start_response)
            return self.app(environ, start_response)
        body = variants[best_coding(environ.get("HTTP_ACCEPT_ENCODING", ""), frozenset(variants))]
        return send(body, environ, start_response)

    def refresh(self):
        """Take over the set that ``current`` points to, when it is another one."""
        self.look_at = self.clock() + LOOK_AGAIN
        try:
            name = os.readlink(self.current)
        except OSError:  # nothing published yet, or the folder is away
            return
        if name in (self.set_name, self.unreadable):
            return
        try:
            self.pages, self.set_name = load_set(self.current.parent / name), name
        except (OSError, ValueError, KeyError) as error:
            self.unreadable = name
            logger.error("Set %s is not readable, keeping the one before: %s", name, error)


def send(body: Body, environ, start_response):
    if matches(environ.get("HTTP_IF_NONE_MATCH", ""), body.etag):
        start_response("304 Not Modified", [h for h in body.headers if h[0] in KEPT_WHEN_304])
        return []
    start_response("200 OK", list(body.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body.content]


KEPT_WHEN_304 = {"ETag", "Cache-Control", "Vary"}


def matches(if_none_match: str, etag: str) -> bool:
    """Whether the reader's copy is the current one (RFC 9110, 13.1.2: weak comparison)."""
    if not if_none_match:
        return False
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in known or "*" in known


@lru_cache(maxsize=256)
def best_coding(accept_encoding: str, offered: frozenset[str]) -> str:
    """The smallest coding that the reader accepts; ``identity`` when in doubt.

    >>> best_coding("gzip;q=1, br;q=0", frozenset({"br", "gzip", "identity"}))
    'gzip'
    """
    accepted = set()
    for item in accept_encoding.lower().split(","):
        name, _, weight = item.partition(";")
        if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            accepted.add(name.strip())
    return next((name for name in ("br", "gzip") if name in accepted & offered), "identity")


def redirect_to_slash(environ, start_response):
    query = environ.get("QUERY_STRING", "")
    location = environ["PATH_INFO"] + "/" + (f"?{query}" if query else "")
    headers = [
        ("Location", location),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", "0"),
        ("Cache-Control", "no-cache"),
    ]
    start_response("301 Moved Permanently", headers)
    return []


def load_set(folder: Path) -> Mapping[str, Variants]:
    """Every page of the set in ``folder``, by path.

    Raises OSError, ValueError or KeyError when the set is not whole.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            path: MappingProxyType(
                {
                    coding: load_body(folder / variant["file"], variant)
                    for coding, variant in variants.items()
                }
            )
            for path, variants in manifest["pages"].items()
        }
    )


def load_body(file: Path, variant: dict) -> Body:
    content = file.read_bytes()
    headers = [(name, value) for name, value in variant["headers"]]
    return Body(
        variant["etag"],
        [*headers, ("ETag", variant["etag"]), ("Content-Length", str(len(content)))],
        content,
    )
