"""More than one machine: each has a content folder, and the database has the newest version.

``content-version`` in VAR_DIR names the version that this machine's folder had last. When another
machine made a newer one, the folder gets its changes. What was changed in the folder meanwhile
stays there, and is recorded on top like any other change from outside.
"""

import json
from contextlib import suppress

from django.conf import settings

from kapsite.editor.models import ContentVersion, Files, changes, digest, with_changes
from kapsite.operations.machines.shared_sets import are_used


def is_behind(current: ContentVersion | None) -> bool:
    """Whether another machine may have made ``current``."""
    return current is not None and are_used() and read_mark() != mark_of(current)


def merged(current: ContentVersion, files: Files) -> Files:
    """What the folder, which holds ``files``, should hold: also what others changed since."""
    seen = version_seen(current, files)
    here = changes(seen.files, files)
    return with_changes(files, changes(seen.files, current.files) | here)


def version_seen(current: ContentVersion, files: Files) -> ContentVersion:
    """The one that the folder had last. A new machine may have been given an older one."""
    marked = ContentVersion.objects.numbered(read_mark().partition(" ")[0])
    if marked and mark_of(marked) == read_mark():  # not of a database from before a restore
        return marked
    past = ContentVersion.objects.exclude(in_folder_since=None).order_by("-pk")
    return next((each for each in past.iterator() if each.files == files), current)


def remember(current: ContentVersion) -> None:
    """That this machine's folder has it now. What is not noted, on a full disk, is found again."""
    if is_behind(current):
        with suppress(OSError):
            (settings.VAR_DIR / "content-version").write_text(mark_of(current))


def read_mark() -> str:
    try:
        return (settings.VAR_DIR / "content-version").read_text()
    except OSError:
        return ""


def mark_of(version: ContentVersion) -> str:
    return f"{version.pk} {digest(json.dumps(version.files, sort_keys=True).encode())}"
