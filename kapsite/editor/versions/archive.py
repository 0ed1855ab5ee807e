"""Everything of the content in one file: the pages, data and images, and their history.

A zip file with ``content/…`` as it is, ``history.json``, and under ``blobs/`` what earlier versions
and drafts hold, by SHA-256. ``content/`` can be read without this program.
"""

import json
import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length

from kapsite.clinic import days
from kapsite.content_files.problems import ContentError, errors_among
from kapsite.content_files.temporary_files import is_temporary
from kapsite.editor.models import Blob, ContentVersion, Files, Kind, digest

from . import history
from .action_log import Act, log_action
from .other_machines import remember

FORMAT = 1
CHUNK = 100  # versions that are read at once
CONTENT, BLOBS, HISTORY = "content/", "blobs/", "history.json"
MOST_FILES = 50_000
LARGEST = 500_000_000  # bytes, of all files together once they are unpacked
BLOB = re.compile(r"blobs/[0-9a-f]{64}")
COPIED = ("kind", "files", "file", "reason")
TIMES = ("at", "in_folder_since", "ended_at")


class BadArchive(Exception):
    """An archive that can't be imported, in words."""


def export(file: Path, by_name: str) -> int:
    """Write the archive to ``file``, or leave what is there. Returns the number of versions."""
    current = history.record_folder(by_name)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with open(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out:
            out.writelines(zipped(current))
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    log_action(Act.EXPORTED, details=file.name, by_name=by_name)
    return ContentVersion.objects.count()


class Pieces:
    """What a zip file is written to, to be taken away piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.pieces.append(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> bytes:
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def zipped(current: ContentVersion) -> Iterator[bytes]:
    """The archive in pieces; only one file at a time is in memory."""
    versions, others, out = ContentVersion.objects.order_by("pk"), set[str](), Pieces()
    for files in versions.values_list("files", flat=True).iterator(CHUNK):
        others.update(files.values())
    contents = [(CONTENT + name, sha256) for name, sha256 in current.files.items()]
    contents += [(BLOBS + each, each) for each in sorted(others - set(current.files.values()))]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, sha256 in contents:
            archive.writestr(name, Blob.objects.read(sha256))
            yield out.take()
        with archive.open(HISTORY, "w") as rows:
            start = f'{{"format": {FORMAT}, "versions": ['
            for version in versions.select_related("author").iterator(CHUNK):
                rows.write(f"{start}{json.dumps(as_json(version))}".encode())
                start = ", "
                yield out.take()
            rows.write(b"]}")
    yield out.take()


def size() -> int:
    """Bytes that the archive would be before it is packed, without the history itself."""
    return Blob.objects.aggregate(all=Sum(Length("content")))["all"] or 0


def as_json(version: ContentVersion) -> dict[str, Any]:
    times = {name: getattr(version, name) for name in TIMES}
    return (
        {"id": version.pk, "parent": version.parent_id, "author": version.by}
        | {"username": version.author.username if version.author else ""}
        | {name: getattr(version, name) for name in COPIED}
        | {name: value and value.isoformat() for name, value in times.items()}
    )


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
        if is_link or not (is_content(entry.filename) or is_ours(entry.filename)):
            name = entry.filename[:200]
            raise BadArchive(f"It holds a file that has no place in the content: {name!r}.")


def is_ours(name: str) -> bool:
    return name == HISTORY or BLOB.fullmatch(name) is not None


def is_content(name: str) -> bool:
    """A file inside the content folder, whatever the name tries."""
    path = PurePosixPath(name)
    is_plain = name.isprintable() and "\\" not in name and path.as_posix() == name
    is_inside = name.startswith(CONTENT) and ".." not in path.parts and len(path.parts) > 1
    return is_plain and is_inside and not is_temporary(Path(name.removeprefix(CONTENT)))


def import_archive(file: Path, by_name: str) -> tuple[int, int]:
    """Make the content folder that of the archive, with its history if there is none yet.

    For those who hold the content lock. Returns the number of files and of versions taken over.
    Raises BadArchive, ContentError, OSError; then everything is as it was.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            check_archive(archive)
            versions = versions_in(archive)
            contents = dict(contents_of(archive))
            files = {
                name.removeprefix(CONTENT): sha256
                for name, (sha256, _content) in contents.items()
                if name.startswith(CONTENT)
            }
            check_content(contents)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadArchive(f"It is damaged or no zip file ({type(error).__name__}).") from error
    blobs = dict(contents.values())
    missing = {each for row in versions for each in row["files"].values()} - blobs.keys()
    if missing:
        raise BadArchive(f"{len(missing)} files of its history are missing.")
    return take_over(files, blobs, versions, by_name)


def contents_of(archive: zipfile.ZipFile) -> Iterator[tuple[str, tuple[str, bytes]]]:
    for entry in archive.infolist():
        if entry.filename != HISTORY:
            content = archive.read(entry)
            sha256 = digest(content)
            if entry.filename.startswith(BLOBS) and entry.filename != BLOBS + sha256:
                raise BadArchive(f"{entry.filename} was changed after it was exported.")
            yield entry.filename, (sha256, content)


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


def check_content(contents: dict[str, tuple[str, bytes]]) -> None:
    """Check the content as ``publish`` does, in a folder of its own. Raises ContentError."""
    from kapsite.pages.load.site import read_site
    from kapsite.pages.publish.making.preflight import preflight

    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        for name, (_sha256, content) in contents.items():
            if name.startswith(CONTENT):
                file = Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        site = read_site(Path(folder) / "content")
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
