"""A file that names every deleted request, so that none comes back with a restored backup.

It stands beside the backups, outside the database. Each line is a time and a reference, which tell
nothing about a person.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from kapsite.inquiries.models.logs.erasure_log import Erasure

NAME = "erased-requests.txt"


def file() -> Path:
    return settings.BACKUP_DIR / NAME


def append(erasure_records: Iterable[Erasure]) -> None:
    """Returns when the lines are on the disk."""
    lines = [f"{each.at.isoformat()} {each.reference}\n" for each in erasure_records]
    if not lines:
        return
    settings.BACKUP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, "".join(lines).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def entries() -> Iterator[tuple[str, datetime]]:
    """Each reference with the time of its deletion. A line that was cut off is skipped."""
    try:
        lines = file().read_text().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        with suppress(ValueError):
            at, reference = line.split()
            yield reference, datetime.fromisoformat(at)
