"""The static files that a set uses. It carries them, so that going back to it, or serving it from
another machine, never loses styles."""

import re
from collections.abc import Iterable, Iterator
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urljoin

from django.conf import settings

from kapsite.pages.publish.static_storage import HASHED

from .variants import File

FOR_EVER = "max-age=315360000, public, immutable"  # as WhiteNoise says it, in seconds

_IN_HTML = re.compile(rf'"({re.escape(settings.STATIC_URL)}[^"?#]+)"'.encode())
_IN_FILES = {
    ".css": re.compile(rb'url\("([^":?#]+)"\)'),
    ".js": re.compile(rb'(?:from|import)\s*"(\./[^"]+)"'),
}


def static_files_of(pages: Iterable[bytes]) -> Iterator[File]:
    """Each file that ``pages`` and their style sheets and scripts name, once."""
    wanted = {name.decode() for page in pages for name in _IN_HTML.findall(page)}
    found: set[str] = set()
    while wanted:
        path = wanted.pop()
        found.add(path)
        file = settings.STATIC_ROOT / path.removeprefix(settings.STATIC_URL)
        if file.is_file() and ".." not in path:  # nothing from outside the folder
            content = file.read_bytes()
            yield File(path, content_type(file), content, cache=cache_control(path))
            wanted |= {urljoin(path, name) for name in names_in(file, content)} - found


def names_in(file: Path, content: bytes) -> list[str]:
    pattern = _IN_FILES.get(file.suffix)
    return [name.decode() for name in pattern.findall(content)] if pattern else []


def content_type(file: Path) -> str:
    kind = guess_type(file.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def cache_control(path: str) -> str:
    return FOR_EVER if HASHED(path) else "no-cache"
