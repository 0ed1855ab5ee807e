"""Everything of the content in one file: the pages, data and images, and their history.

A zip file with ``content/…`` as it is, ``history.json``, and under ``blobs/`` what earlier versions
and drafts hold, by SHA-256. ``content/`` can be read without this program.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Length

from kapsite.editor.models import Blob, ContentVersion

from . import history
from .action_log import Act, log_action

FORMAT = 1
CHUNK = 100  # versions that are read at once
CONTENT, BLOBS, HISTORY = "content/", "blobs/", "history.json"
COPIED = ("kind", "files", "file", "reason")
TIMES = ("at", "in_folder_since", "ended_at")


def export(file: Path, by_name: str) -> int:
    """Write the archive to ``file``, or leave what is there. Returns the number of versions."""
    current = history.record_folder(by_name)
    history.write_file(file, zipped(current), mode=0o600)
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
