"""File modes: no other user of this machine may read what the site writes, except public files.

``var/published`` and ``var/static`` are public anyway, and a web server that runs as another user
may read them. So others can enter ``var``, but not list it.
"""

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

NOT_FOR_OTHERS = 0o077  # a umask
PUBLIC_FOLDER, PUBLIC_FILE = 0o755, 0o644
PASS_THROUGH = 0o711


def keep_private() -> None:
    """Let this user alone read what the site has written and what this process will write.

    The umask of the shell or the service manager does not count. Files that belong to another
    user cannot be changed here: ``manage.py check`` names them.
    """
    os.umask(NOT_FOR_OTHERS)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))  # a core dump would hold keys and messages
    with suppress(OSError):  # manage.py says what is wrong
        if not settings.VAR_DIR.exists():
            settings.VAR_DIR.mkdir(parents=True)
            settings.VAR_DIR.chmod(PASS_THROUGH)
    for place, mode in readable_by_others():
        with suppress(OSError):
            if place.stat().st_uid == os.geteuid():
                place.chmod(mode)


def readable_by_others() -> Iterator[tuple[Path, int]]:
    """Files and folders that others can read or write, each with a mode that keeps them out."""
    for place, allowed in private_places():
        with suppress(OSError):
            mode = place.stat().st_mode
            is_ordinary = stat.S_ISREG(mode) or stat.S_ISDIR(mode)  # no socket, no /dev/null
            if is_ordinary and stat.S_IMODE(mode) & ~allowed:
                yield place, stat.S_IMODE(mode) & allowed


def private_places() -> Iterator[tuple[Path, int]]:
    """With the bits each may have. What a folder holds is as private as the folder."""
    yield settings.ENV_FILE, 0o700 if is_ours_alone(settings.ENV_FILE) else 0o770
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite"):
        for suffix in ("", "-wal", "-shm", "-journal"):
            yield Path(f"{database['NAME']}{suffix}"), 0o700
    yield settings.BACKUP_DIR, 0o700
    yield settings.VAR_DIR, PASS_THROUGH
    with suppress(OSError):
        for place in settings.VAR_DIR.iterdir():
            if place not in (settings.PUBLISHED_DIR, settings.STATIC_ROOT):
                yield place, 0o700


def is_ours_alone(file: Path) -> bool:
    """Not so if, for example, root owns it and lets the site's group read it."""
    with suppress(OSError):
        status = file.stat()
        return (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid())
    return False


def make_public(folder: Path) -> None:
    """Let every user read ``folder`` and all that it holds, whatever the umask was."""
    for place in (folder, *folder.rglob("*")):
        mode = PUBLIC_FOLDER if place.is_dir() else PUBLIC_FILE
        if stat.S_IMODE(place.stat().st_mode) != mode:
            place.chmod(mode)
