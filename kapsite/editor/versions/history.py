"""The content folder and its versions: one follows the other.

Whatever other programs do to the files is recorded as a version of its own, before anything is
written over it.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kapsite.content_files.live_file import stamp_of
from kapsite.content_files.temporary_files import is_temporary
from kapsite.editor.models import Blob, ContentVersion, Files, Kind, changes, digest

from .action_log import Act, log_action
from .other_machines import is_behind, merged, remember
from .titles import in_short

LARGEST_RECORDED = 50_000_000  # bytes; a larger one is no content, and stays out of the history
SETTLED = 2_000_000_000  # nanoseconds; within them a second change can have the same stamp
digests: dict[Path, tuple[tuple, str]] = {}


@contextmanager
def content_lock(patience: float = 0) -> Iterator[bool]:
    """Hold the content folder, so that nobody takes a half-written one for a change; yields whether
    it is ours. A request must not wait for it: that would stop all that a gevent worker serves.
    ``patience`` is in seconds.
    """
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    last = time.monotonic() + patience
    with (settings.VAR_DIR / "content.lock").open("w") as lock:
        while not (is_ours := took(lock)) and time.monotonic() < last:
            time.sleep(0.1)
        yield is_ours


def took(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def files_in(folder: Path) -> Files:
    """The SHA-256 of each file that is not temporary, by its name in ``folder``.

    Raises FileNotFoundError if there is none: that is a disk that isn't mounted, and no removal.
    """
    found = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and not is_temporary(name) and file.stat().st_size <= LARGEST_RECORDED:
            found[name.as_posix()] = digest_of(file)
    if not found:
        raise FileNotFoundError(errno.ENOENT, "There is no content in this folder", str(folder))
    return found


def digest_of(file: Path) -> str:
    """Read again only if it changed, or may have in the moment after it was read."""
    stamp = stamp_of(file)
    stored = digests.get(file)
    if stored and stored[0] == stamp:
        return stored[1]
    sha256 = digest(file.read_bytes())
    if stamp and time.time_ns() - stamp[2] > SETTLED:
        digests[file] = stamp, sha256
    return sha256


def up_to_date() -> ContentVersion:
    """The current version, after what was changed outside the browser was recorded."""
    with content_lock() as is_ours:
        current = ContentVersion.objects.current()
        can_wait = not is_ours or is_behind(current)  # the worker writes what others changed
        try:
            return current if current and can_wait else record_folder()
        except FileNotFoundError:
            if current:
                return current
            raise


def catch_up() -> None:
    """Let the folder follow what other machines changed. The first version is recorded at once, so
    that each machine knows from which one a later change comes."""
    current = ContentVersion.objects.current()
    if is_behind(current) or not current:
        with content_lock() as is_ours:
            if is_ours:
                record_folder()


def record_folder(by_name: str = "") -> ContentVersion:
    """The same, for those who hold the lock. ``by_name`` is who may have changed it."""
    files = files_in(settings.CONTENT_DIR)
    current = ContentVersion.objects.current()
    if current and is_behind(current):
        wanted = merged(current, files)
        write_folder(files, wanted)
        remember(current)
        files = wanted
    if current and current.files == files:
        return current
    changed = changes(current.files if current else {}, files)
    contents = {
        name: (settings.CONTENT_DIR / name).read_bytes() for name in changed if name in files
    }
    files |= {name: digest(content) for name, content in contents.items()}
    with transaction.atomic():
        Blob.objects.store(contents.values())
        found = ContentVersion.objects.create(
            parent=current,
            kind=Kind.OUTSIDE if current else Kind.FOUND,
            files=files,
            author_name=by_name if current else "",
            in_folder_since=after(current),
        )
        if current:
            log_action(Act.OUTSIDE, details=in_short(found), by_name=by_name)
    remember(found)
    return found


def after(current: ContentVersion | None) -> datetime:
    """Now, and later than the current version even if the clock was put back since."""
    now = timezone.now()
    since = current.in_folder_since if current else None
    return max(now, since + timedelta(microseconds=1)) if since else now


def write_folder(before: Files, after: Files) -> None:
    """Make the content folder, which holds ``before``, hold ``after``. Raises OSError."""
    for name, sha256 in changes(before, after).items():
        file = settings.CONTENT_DIR / name
        if sha256 is None:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_file(file, [Blob.objects.read(sha256)])


def write_file(file: Path, pieces: Iterable[bytes], mode: int = 0o666) -> None:
    """Replace ``file`` as a whole, or leave it as it was."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        opened = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
        with open(opened, "wb") as new:
            new.writelines(pieces)
            new.flush()
            os.fsync(new.fileno())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
