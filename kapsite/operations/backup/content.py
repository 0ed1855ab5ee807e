"""The content folder follows the restored database, whose history holds its files."""

import os
from pathlib import Path

from django.conf import settings

from kapsite.editor.models import ContentVersion, Files, changes
from kapsite.editor.versions import history
from kapsite.editor.versions.other_machines import remember


def files_in_backup(alias: str) -> Files:
    current = ContentVersion.objects.using(alias).current()
    return current.files if current else {}


def files_now() -> Files:
    try:
        return history.files_in(settings.CONTENT_DIR)
    except FileNotFoundError:
        return {}


def obstacle(wanted: Files) -> Path | None:
    """The folder that must be written to, and cannot be."""
    folders = {(settings.CONTENT_DIR / name).parent for name in changes(files_now(), wanted)}
    for folder in sorted(folders):
        place = next(each for each in (folder, *folder.parents) if each.exists())
        if not os.access(place, os.W_OK):
            return place
    return None


def restore() -> int:
    """Returns how many files were changed. What was there before becomes a version, too."""
    wanted = files_in_backup("default")
    with history.content_lock(patience=10):
        before = files_now()
        if before:
            remember(history.record_folder())
        history.write_folder(before, wanted)
        if wanted:
            remember(history.record_folder())
    return len(changes(before, wanted))
