"""The manifest of a published set: each of its files, with its digest."""

import hashlib
import json
import stat
from pathlib import Path
from typing import Any, NamedTuple

Stamp = tuple[int, int, int]
MANIFESTS = ("manifest.json", "manifest-copy.json")  # without one, no other file could be served
FORMAT = 2  # of the manifest; one more whenever older code could misread it


class Damaged(Exception):
    """Why a file of a set cannot be used, in words."""


class Body(NamedTuple):
    """One encoding of one page, ready to send."""

    etag: str
    headers: list[tuple[str, str]]
    content: bytes


def stamp_of(file: Path) -> Stamp | None:
    """Inode, size and the last change of content or permissions; None when it is no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):  # reading a pipe would never end
        return None
    return status.st_ino, status.st_size, status.st_ctime_ns


def parse_manifest(content: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
        digest, version = manifest.pop("digest", None), manifest.get("format")
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise Damaged("is cut off or overwritten") from None
    if version != FORMAT:
        raise Damaged("was written by another version of the site")
    if digest != digest_of(manifest):
        raise Damaged("was changed after it was published")
    return manifest


def make_body(about: dict, content: bytes) -> Body:
    headers = [(name, value) for name, value in about["headers"]]
    more = [("ETag", about["etag"]), ("Content-Length", str(len(content)))]
    return Body(about["etag"], headers + more, content)


def write_manifest(folder: Path, **parts) -> None:
    manifest = {"format": FORMAT} | parts
    manifest["digest"] = digest_of(manifest)
    for name in MANIFESTS:
        (folder / name).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def describe(content: bytes) -> dict[str, Any]:
    """What the manifest says about a file."""
    return {"size": len(content), "etag": etag_of(content)}


def digest_of(manifest: dict) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def etag_of(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:20]}"'
