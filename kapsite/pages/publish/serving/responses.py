"""How an answer from memory is sent: in which coding, or only that nothing changed."""

from functools import lru_cache

from .manifest import Body
from .published_set import Variants


def chosen(variants: Variants, accepts: str) -> Body:
    return variants[best_coding(accepts, frozenset(variants))]


def send(body: Body, environ, start_response, status: str = "200 OK"):
    if matches(environ.get("HTTP_IF_NONE_MATCH", ""), body.etag):
        start_response("304 Not Modified", [h for h in body.headers if h[0] in KEPT_WHEN_304])
        return []
    start_response(status, list(body.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body.content]


KEPT_WHEN_304 = {"ETag", "Cache-Control", "Vary"}


def matches(if_none_match: str, etag: str) -> bool:
    """Whether the reader's copy is the current one (RFC 9110, 13.1.2: weak comparison)."""
    if not if_none_match or not etag:
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


def redirect_to(target: str, start_response):
    headers = [
        ("Location", target),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", "0"),
        ("Cache-Control", "no-cache"),
    ]
    start_response("301 Moved Permanently", headers)
    return []
