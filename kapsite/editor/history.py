"""The content folder and its versions: one follows the other.

Whatever other programs do to the files is recorded as a version of its own, before anything is
written over it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kapsite.content_files.temporary_files import is_temporary

from .models import Blob, ContentVersion, Files, Kind, changes, digest

LARGEST_RECORDED = 50_000_000  # bytes; a larger one is no content, and stays out of the history


@contextmanager
def content_lock() -> Iterator[bool]:
    """Hold the content folder, so that nobody takes a half-written one for a change; yields whether
    it is ours. Waiting for it would stop all requests that a gevent worker serves.
    """
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR_DIR / "content.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def read_folder(folder: Path) -> dict[str, bytes]:
    """The content of each file that is not temporary, by its name in ``folder``."""
    found = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and not is_temporary(name) and file.stat().st_size <= LARGEST_RECORDED:
            found[name.as_posix()] = file.read_bytes()
    return found


def up_to_date() -> ContentVersion:
    """The current version, after what was changed outside the browser was recorded."""
    with content_lock() as is_ours:
        current = None if is_ours else ContentVersion.objects.current()
        return current or record_folder()


def record_folder() -> ContentVersion:
    """The same, for those who hold the lock."""
    contents = read_folder(settings.CONTENT_DIR)
    files = {name: digest(content) for name, content in contents.items()}
    current = ContentVersion.objects.current()
    if current and current.files == files:
        return current
    with transaction.atomic():
        Blob.objects.store(contents.values())
        return ContentVersion.objects.create(
            parent=current,
            kind=Kind.OUTSIDE if current else Kind.FOUND,
            files=files,
            in_folder_since=timezone.now(),
        )


def write_folder(before: Files, after: Files) -> None:
    """Make the content folder, which holds ``before``, hold ``after``. Raises OSError."""
    for name, sha256 in changes(before, after).items():
        file = settings.CONTENT_DIR / name
        if sha256 is None:
            file.unlink(missing_ok=True)
        else:
            write_file(file, Blob.objects.read(sha256))


def write_file(file: Path, content: bytes) -> None:
    """Replace ``file`` as a whole, or leave it as it was."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as new:
            new.write(content)
            os.fsync(new.fileno())
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
