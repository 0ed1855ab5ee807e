"""An archive of the content as the content of this server: what is read and checked of it first."""

import json
import re
import stat
import tempfile
import zipfile
import zlib
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from kapsite.clinic import days
from kapsite.content_files.problems import ContentError, errors_among
from kapsite.content_files.temporary_files import is_temporary
from kapsite.editor.models import Blob, ContentVersion, Files, Kind, digest

from . import history
from .action_log import Act, log_action
from .archive import BLOBS, CONTENT, COPIED, FORMAT, HISTORY, TIMES
from .other_machines import remember

MOST_FILES = 50_000
LARGEST = 500_000_000  # bytes, of all files together once they are unpacked
OURS = re.compile(rf"{re.escape(HISTORY)}|{BLOBS}[0-9a-f]{{64}}")


class BadArchive(Exception):
    """An archive that can't be imported, in words."""


def import_archive(file: Path, by_name: str) -> tuple[int, int]:
    """Make the content folder that of the archive, with its history if there is none yet.

    For those who hold the content lock. Returns the number of files and of versions taken over.
    Raises BadArchive, ContentError, OSError; then everything is as it was.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            check_archive(archive)
            versions, (files, blobs) = versions_in(archive), contents_of(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadArchive(f"It is damaged or no zip file ({type(error).__name__}).") from error
    check_content(files, blobs)
    missing = {each for row in versions for each in row["files"].values()} - blobs.keys()
    if missing:
        raise BadArchive(f"{len(missing)} files of its history are missing.")
    return take_over(files, blobs, versions, by_name)


def check_archive(archive: zipfile.ZipFile) -> None:
    """Before anything is unpacked. Raises BadArchive."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
        raise BadArchive(f"It would be larger than {LARGEST // 1_000_000} MB when unpacked.")
    if len(set(names)) < len(names):
        raise BadArchive("It holds two files of the same name.")
    if HISTORY not in names:
        raise BadArchive(f"It has no {HISTORY}: export_content did not make it.")
    for entry in entries:
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if is_link or not (is_content(entry.filename) or OURS.fullmatch(entry.filename)):
            name = entry.filename[:200]
            raise BadArchive(f"It holds a file that has no place in the content: {name!r}.")


def is_content(name: str) -> bool:
    """A file inside the content folder, whatever the name tries."""
    path = PurePosixPath(name)
    is_plain = name.isprintable() and "\\" not in name and path.as_posix() == name
    is_inside = name.startswith(CONTENT) and ".." not in path.parts and len(path.parts) > 1
    return is_plain and is_inside and not is_temporary(Path(name.removeprefix(CONTENT)))


def contents_of(archive: zipfile.ZipFile) -> tuple[Files, dict[str, bytes]]:
    """The files of the content, and everything that is stored, both by SHA-256."""
    files, blobs = {}, {}
    for entry in archive.infolist():
        if entry.filename == HISTORY:
            continue
        content = archive.read(entry)
        sha256 = digest(content)
        if entry.filename.startswith(CONTENT):
            files[entry.filename.removeprefix(CONTENT)] = sha256
        elif entry.filename != BLOBS + sha256:
            raise BadArchive(f"{entry.filename} was changed after it was exported.")
        blobs[sha256] = content
    return files, blobs


def versions_in(archive: zipfile.ZipFile) -> list[dict[str, Any]]:
    try:
        found = json.loads(archive.read(HISTORY))
        if found["format"] != FORMAT:
            raise BadArchive("Another version of the site made it.")
        for row in found["versions"]:
            row["kind"] = Kind(row["kind"])
            row["files"] = {str(name): str(sha256) for name, sha256 in row["files"].items()}
            if not all(is_content(CONTENT + name) for name in row["files"]):
                raise BadArchive(f"{HISTORY} names a file that has no place in the content.")
            for name in TIMES:
                row[name] = row[name] and datetime.fromisoformat(row[name])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadArchive(f"{HISTORY} can't be read.") from error
    rows: list[dict[str, Any]] = found["versions"]
    return rows


def check_content(files: Files, blobs: dict[str, bytes]) -> None:
    """Check the content as ``publish`` does, in a folder of its own. Raises ContentError."""
    from kapsite.pages.load.site import read_site
    from kapsite.pages.publish.making.preflight import preflight

    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        for name, sha256 in files.items():
            file = Path(folder) / CONTENT / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(blobs[sha256])
        site = read_site(Path(folder) / CONTENT)
        problems = errors_among(preflight(site, settings.PUBLISHED_DIR, days.today()))
    if problems:
        raise ContentError(problems)


def take_over(
    files: Files, blobs: dict[str, bytes], versions: list[dict[str, Any]], by_name: str
) -> tuple[int, int]:
    is_new = not ContentVersion.objects.exists()
    with transaction.atomic():
        Blob.objects.store(blobs.values())
        if is_new:
            add_history(versions)
        before = history.record_folder(by_name)
    try:
        history.write_folder(before.files, files)
        with transaction.atomic():
            imported = ContentVersion.objects.create(
                parent=before,
                kind=Kind.IMPORT,
                files=files,
                author_name=by_name,
                in_folder_since=history.after(before),
            )
            log_action(Act.IMPORTED, details=f"{len(files)} files", by_name=by_name)
    except BaseException:
        history.write_folder(history.files_in(settings.CONTENT_DIR), before.files)
        raise
    remember(imported)
    return len(files), len(versions) if is_new else 0


def add_history(rows: list[dict[str, Any]]) -> None:
    """The versions of the archive, oldest first. Who has no account here is named as text."""
    accounts = {user.get_username(): user for user in get_user_model().objects.all()}
    made: dict[int, ContentVersion] = {}
    for row in rows:
        author = accounts.get(row.get("username", ""))
        made[row["id"]] = ContentVersion.objects.create(
            parent=made.get(row["parent"]),
            author=author,
            author_name="" if author else str(row.get("author", ""))[:100],
            **{name: row[name] for name in (*COPIED, *TIMES)},
        )
