"""Images for previews, as they will be published: the worker makes them, a request only reads them.

What is published already has its public address in a preview, too. The rest is in VAR_DIR/prepared,
under the names by which it will be published.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse

from kapsite.content_files.live_file import stamp_of
from kapsite.editor.versions.history import write_file
from kapsite.pages.publish.serving.published_set import current_folder

if TYPE_CHECKING:
    from kapsite.pages.load.images import Images
    from kapsite.pages.render.images import Picture

NAME = re.compile(r"[a-z0-9-]+\.[0-9a-f]{12}\.webp", re.ASCII)
ADDRESS = re.compile(rf"/images/({NAME.pattern})", re.ASCII)
TAG = re.compile(r'<img src="/images/[^>]*>')
ALTERNATIVE = re.compile(r'\balt="([^"]*)"')
TO_COME = '<span class="image-to-come">{} <small>(This image is being prepared.)</small></span>'
logger = logging.getLogger(__name__)


def folder() -> Path:
    found: Path = settings.VAR_DIR / "prepared"
    return found


def is_prepared(name: str) -> bool:
    return (folder() / name).is_file()


def is_published(name: str) -> bool:
    return (current_folder(settings.PUBLISHED_DIR) / "images" / name).is_file()


def is_ready(name: str) -> bool:
    return is_published(name) or is_prepared(name)


def names_of(picture: Picture) -> list[str]:
    """The files of an image, the smallest first."""
    return [picture.path(width).rpartition("/")[2] for width in picture.widths]


# In a request


def for_editors(name: str = "-") -> str:
    """The address of a prepared image; of all of them without a name."""
    return reverse("editor:prepared_image", args=[name]).removesuffix("-")


def with_images(html: str, address: str = "") -> str:
    """A page whose images load from ``address``, else from that of editors, as long as they aren't
    published. One that isn't prepared yet is what it shows, in words."""
    address = address or for_editors()

    def shown(tag: re.Match[str]) -> str:
        if all(map(is_ready, ADDRESS.findall(tag[0]))):
            return ADDRESS.sub(where, tag[0])
        words = ALTERNATIVE.search(tag[0])
        return TO_COME.format(words[1] if words else "")

    def where(found: re.Match[str]) -> str:
        return found[0] if is_published(found[1]) else escape(address + found[1])

    return TAG.sub(shown, html)


def shown_in(html: str) -> set[str]:
    """The files of all images that a page shows."""
    return {name for tag in TAG.findall(html) for name in ADDRESS.findall(tag)}


def small_ones(images: Images, names: Iterable[str]) -> dict[str, str]:
    """By image of the content folder, the address of a small one; "" until there is one."""
    return {name: small_one(images, name) for name in names}


def small_one(images: Images, name: str) -> str:
    from kapsite.pages.render.images import Picture

    found = images.find(name)
    file = names_of(found)[0] if isinstance(found, Picture) else ""
    if file and is_published(file):
        return f"/images/{file}"
    return for_editors(file) if file and is_prepared(file) else ""


def answer(name: str) -> HttpResponse:
    """A prepared image, as one that is published; browsers keep no copy of it."""
    if not NAME.fullmatch(name):
        raise Http404
    try:
        content = (folder() / name).read_bytes()
    except OSError:
        raise Http404 from None
    return HttpResponse(content, content_type="image/webp", headers={"Cache-Control": "no-store"})


# In the worker


class Preparing:
    """Keeps VAR_DIR/prepared as the content folder wants it."""

    def __init__(self) -> None:
        self.seen: object = None  # how the images were when nothing was missing
        self.failed: set[str] = set()  # digests of those that can't be made

    def prepare_next(self) -> bool:
        """Make one image that is missing, in all its widths. Returns whether there was one."""
        from kapsite.pages.load.images import Images

        images = Images(settings.CONTENT_DIR)
        now = [
            current_folder(settings.PUBLISHED_DIR),
            *(stamp_of(settings.CONTENT_DIR / name) for name in sorted(images.names)),
        ]
        if now == self.seen:
            return False
        pictures = list(pictures_among(images))
        remove_others({name for picture in pictures for name in names_of(picture)})
        to_make = (each for each in pictures if each.digest not in self.failed)
        missing = (each for each in to_make if not all(map(is_ready, names_of(each))))
        picture = next(missing, None)
        if picture is None:
            self.seen, self.failed = now, set()
            return False
        self.make(picture)
        return True

    def make(self, picture: Picture) -> None:
        from kapsite.pages.load.images import Damaged
        from kapsite.pages.publish.making.images import resized

        try:
            folder().mkdir(parents=True, exist_ok=True, mode=0o700)
            made = resized(picture)
            for width, name in zip(picture.widths, names_of(picture), strict=True):
                write_file(folder() / name, [made[width]])
        except (Damaged, OSError) as error:
            self.failed.add(picture.digest)
            logger.warning("An image could not be prepared: %s", type(error).__name__)


def pictures_among(images: Images) -> Iterator[Picture]:
    from kapsite.pages.render.images import Picture

    for name in sorted(images.names):
        found = images.find(name)
        if isinstance(found, Picture):
            yield found


def remove_others(wanted: set[str]) -> None:
    """Those of images that were replaced or removed."""
    for file in folder().glob("*.webp"):
        if file.name not in wanted:
            file.unlink(missing_ok=True)
