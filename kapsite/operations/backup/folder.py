"""The folder with backups: names, the newest, and how many are kept."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

SUFFIX = ".sqlite3.age"
UNFINISHED = ".unfinished-"


class Busy(Exception):
    """Another backup is being made."""


@dataclass(frozen=True)
class Backup:
    file: Path
    size: int  # bytes
    sha256: str


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder for this user alone, deleted at the end; of a backup that was killed, by the next.

    Raises Busy or OSError.
    """
    folder = settings.BACKUP_DIR
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder) as work:
            yield Path(work)


def keep(unfinished: Path, made_at: datetime, sha256: str) -> Backup:
    """Give it its name, write its digest beside it, and delete the oldest of too many."""
    folder = settings.BACKUP_DIR
    file = folder / f"{made_at:%Y-%m-%d-%H%M%S}Z{SUFFIX}"  # UTC: no hour comes twice
    digest = unfinished.with_suffix(".sha256")
    digest.write_text(f"{sha256}  {file.name}\n")  # as sha256sum writes and checks it
    for new, final in ((digest, digest_of(file)), (unfinished, file)):
        new.chmod(0o600)
        new.rename(final)
    sync(folder)
    for old in backups()[settings.BACKUPS_KEPT :]:
        old.unlink()
        digest_of(old).unlink(missing_ok=True)
    return Backup(file, file.stat().st_size, sha256)


def backups() -> list[Path]:
    """The newest first."""
    return sorted(settings.BACKUP_DIR.glob(f"[0-9]*{SUFFIX}"), reverse=True)


def digest_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")


def sync(folder: Path) -> None:
    """Let a name that was given outlast a power cut."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
