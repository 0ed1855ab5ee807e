"""Images that editors send: received by the web process as they are, decoded by the worker only.

The type of a file is read from its content, never from its name. What goes into the content folder
is a new image: upright, in sRGB, without what a camera writes into it, such as the place.
"""

from __future__ import annotations

import io
import logging
import time
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils import timezone

from kapsite.editor.models import Blob, Kind, Publication, Upload

if TYPE_CHECKING:
    from PIL import Image

LONGEST_SIDE = 2_400  # pixels; pages show 1,200 at most
QUALITY = 90  # of 100
ABANDONED = 3_600  # seconds; a file that was never handed to the worker
HEADS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
COPY = "Open it in a photo program and save a copy as a JPEG."
GONE = "The file is gone from the server. Please upload the image again."
UNKNOWN = "The image could not be read. " + COPY
NO_ROOM = "The server can’t store it ({error}). Ask the server’s operator to check the disk."
logger = logging.getLogger(__name__)


class IntoFolder(FileUploadHandler):
    """Writes the image into VAR_DIR as it arrives. The file is closed with the request."""

    path: Path | None = None

    def new_file(self, field_name, *args, **kwargs):
        super().new_file(field_name, *args, **kwargs)
        if field_name != "file":
            raise SkipFile
        self.file = NamedTemporaryFile(suffix=".upload", dir=folder(), delete=False)  # noqa: SIM115
        self.path = Path(self.file.name)

    def receive_data_chunk(self, raw_data, start):
        self.file.write(raw_data)

    def file_complete(self, file_size):
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size)

    def upload_interrupted(self):
        if self.path:
            self.file.close()
            self.path.unlink(missing_ok=True)


def folder() -> Path:
    found: Path = settings.VAR_DIR / "uploads"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def kind_of(head: bytes) -> str:
    """Of the first bytes: "JPEG", "PNG", "WEBP" or "". Nothing is decoded."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for start, kind in HEADS.items() if head.startswith(start)), "")


def what_it_is(head: bytes) -> str:
    """A sentence about a file that is no such image."""
    if not head:
        return "The file is empty. Choose it again, or save it again first."
    if head[:4] == b"GIF8":
        return f"This is a GIF, which may move, and readers couldn’t stop it. {COPY}"
    if head[4:8] == b"ftyp":
        return f"This is a photo or film in a format that browsers can’t show, such as HEIC. {COPY}"
    if head.lstrip()[:1] == b"<":
        return f"This is an SVG or a web page, which can hold a program. {COPY}"
    return f"This isn’t a JPEG, PNG or WebP image, whatever its name says. {COPY}"


def process_next() -> bool:
    """Decode the upload that came first. Returns whether there was one. One at a time: a large
    photo takes 200 MB."""
    from kapsite.editor.versions.history import content_lock, record_folder

    remove_abandoned()
    with content_lock() as is_ours:  # of several workers one
        upload = Upload.objects.waiting().first() if is_ours else None
        if upload is None:
            return False
        try:
            upload.image, content = made_from(upload)
            current = record_folder()
            files = current.files | {upload.image: Blob.objects.keep(content)}
            kind = Kind.EDIT if upload.replaces else Kind.IMAGE
            reason = upload.alternative or f"Replaced the image {upload.image}"
            Publication.objects.ask(current, files, upload.by, reason[:200], kind)
        except Exception as error:  # whatever it is, the next one must not wait behind it
            upload.problem = in_words(error)
            logger.warning("An image could not be used: %s", type(error).__name__)
        upload.done_at = timezone.now()
        upload.save()
    (folder() / upload.stored).unlink(missing_ok=True)
    return True


class Unusable(Exception):
    """An image that can't be used, in words."""


def in_words(error: Exception) -> str:
    if isinstance(error, Unusable):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return GONE
    if isinstance(error, OSError):
        return NO_ROOM.format(error=error.strerror or error)
    return UNKNOWN


def made_from(upload: Upload) -> tuple[str, bytes]:
    """The name and content of the new image. Raises Unusable, OSError."""
    content = (folder() / upload.stored).read_bytes()
    kind = kind_of(content[:12])
    endings = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
    if kind not in endings:
        raise Unusable(what_it_is(content[:12]))
    is_of = Path(upload.image + endings[kind])
    name = upload.image if upload.replaces else str(is_of)
    wanted = {".png": "PNG", ".webp": "WEBP"}.get(Path(name).suffix.lower(), "JPEG")
    return name, cleaned(content, is_of, wanted)


def cleaned(content: bytes, name: Path, kind: str) -> bytes:
    """A new image, as a file of ``kind``. Its header is judged before anything is decoded."""
    from kapsite.pages.load.images import (
        SMALLER,
        TOO_MANY,
        Damaged,
        TooManyPixels,
        flaw_in_header,
        opened,
    )

    out = io.BytesIO()
    try:
        with opened(content) as image:
            if flaw := flaw_in_header(image, name, name.stem):
                raise Unusable(f"{flaw.message} {flaw.fix}")
            plain = redrawn(image)
            plain.save(out, kind, quality=QUALITY, optimize=True)
    except TooManyPixels as error:
        raise Unusable(f"The image has {TOO_MANY}. {SMALLER}") from error
    except Damaged as error:
        if isinstance(error.__cause__, Unusable):  # ``opened`` takes it for a fault of the image
            raise error.__cause__ from None
        raise Unusable(f"The image is cut off or damaged. {COPY}") from error
    return out.getvalue()


def redrawn(image: Image.Image) -> Image.Image:
    """Upright, no larger than needed, and without what was stored beside the picture."""
    from kapsite.pages.load.images import turn_of
    from kapsite.pages.publish.making.images import TURNS, on_white

    turn = TURNS.get(turn_of(image))
    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    plain = on_white(image.transpose(turn) if turn else image)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=3)
    plain.info.clear()  # what Pillow would write again, such as a comment
    return plain


def remove_abandoned() -> None:
    """Files of requests that broke off before they were handed to the worker."""
    for file in folder().iterdir():
        is_old = time.time() - file.stat().st_mtime > ABANDONED
        if is_old and not Upload.objects.waiting().filter(stored=file.name).exists():
            file.unlink(missing_ok=True)
