"""What makes a page besides its content: code, templates, settings, libraries, static files.

``publish`` keeps pages of an earlier set only if nothing of this has changed.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import engines
from django.utils.crypto import salted_hmac

CODE = Path(__file__).parents[3]


def toolchain_digest() -> str:
    digest = hashlib.sha256()
    for part in parts():
        digest.update(f"{len(part)}\n".encode() + part)
    return digest.hexdigest()


def parts() -> Iterator[bytes]:
    templates = [Path(folder) for engine in engines.all() for folder in engine.dirs]
    for folder, pattern in [(CODE, "*.py"), *((folder, "*") for folder in templates)]:
        for file in sorted(folder.rglob(pattern)):
            if file.is_file():
                yield str(file.relative_to(folder)).encode()
                yield file.read_bytes()
    yield sys.version.encode()
    yield repr(sorted(libraries())).encode()
    yield repr(getattr(staticfiles_storage, "hashed_files", {})).encode()
    names = [name for name in dir(settings) if name.isupper()]
    values = repr([(name, getattr(settings, name)) for name in names])
    # With the secret key, since anyone may read a published set, and some settings are secret.
    yield salted_hmac("kapsite.publish", values, algorithm="sha256").digest()


def libraries() -> Iterator[str]:
    """Folders such as ``Django-5.2.8.dist-info``: every package that is installed, by version."""
    for place in map(Path, sys.path):
        yield from (folder.name for folder in place.glob("*.dist-info"))
