"""What makes a page besides its content: code, templates, settings, libraries, static files.

``publish`` keeps pages of an earlier set only if nothing of this has changed.
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import engines
from django.utils.crypto import salted_hmac

CODE = Path(__file__).parents[3]


def toolchain_digest() -> str:
    return digest_of(parts()).hex()


def digest_of(parts: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}\n".encode() + part)
    return digest.digest()


def parts() -> Iterator[bytes]:
    yield code_digest(CODE)
    for folder in (Path(folder) for engine in engines.all() for folder in engine.dirs):
        yield from files(folder, "*")
    yield sys.version.encode()
    yield repr(sorted(libraries())).encode()
    yield repr(getattr(staticfiles_storage, "hashed_files", {})).encode()
    names = [name for name in dir(settings) if name.isupper()]
    values = repr([(name, getattr(settings, name)) for name in names])
    # With the secret key, since anyone may read a published set, and some settings are secret.
    yield salted_hmac("kapsite.publish", values, algorithm="sha256").digest()


@cache
def code_digest(folder: Path) -> bytes:
    """Read once, as this process goes on with the code that it has loaded."""
    return digest_of(files(folder, "*.py"))


def files(folder: Path, pattern: str) -> Iterator[bytes]:
    for file in sorted(folder.rglob(pattern)):
        if file.is_file():
            yield str(file.relative_to(folder)).encode()
            yield file.read_bytes()


def libraries() -> Iterator[str]:
    for place in sys.path:
        yield from libraries_in(place)


@cache
def libraries_in(place: str) -> list[str]:
    """Folders such as ``Django-5.2.8.dist-info``: every package that is installed, by version."""
    return [folder.name for folder in Path(place).glob("*.dist-info")]
