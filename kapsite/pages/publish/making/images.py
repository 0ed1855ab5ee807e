"""The images of a published set: each in a few widths, without what a camera wrote into it."""

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageCms

from kapsite.content_files.problems import Problem
from kapsite.pages.load.images import Damaged, Images, digest_of, opened, turn_of
from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import Site
from kapsite.pages.publish.serving.published_set import Variants, current_folder
from kapsite.pages.render.images import WIDTHS, Picture

from .static_files import FOR_EVER
from .variants import File

WEBP = "image/webp"
QUALITY = 80  # of 100
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # by the EXIF tag Orientation


def image_files(site: Site, earlier: Mapping[str, Variants]) -> Iterator[File]:
    """Every image that a page shows, as it is in ``earlier`` or else made now."""
    pictures = {picture for draft in site.drafts for picture, _ in shown_on(draft, site)}
    for picture in sorted(pictures, key=lambda picture: picture.name):
        for width in picture.widths:
            path = picture.path(width)
            made = earlier[path]["identity"].content if path in earlier else resized(picture)[width]
            yield File(path, WEBP, made, cache=FOR_EVER)


def image_problems(site: Site, published_dir: Path) -> Iterator[Problem]:
    """Images that can't be decoded. What is published already could be."""
    published = current_folder(published_dir)
    for draft in site.drafts:
        for picture, line in shown_on(draft, site):
            paths = [picture.path(width) for width in picture.widths]
            if not all((published / path[1:]).is_file() for path in paths):
                try:
                    resized(picture)
                except Damaged:
                    message = f"The image {picture.name} is cut off or damaged."
                    fix = "Open it in a photo program and save it again, or copy it here again."
                    yield draft.problem_at(line, message, fix)


def shown_on(draft: Draft, site: Site) -> Iterator[tuple[Picture, int]]:
    """Each image with the line that shows it."""
    for target in draft.rendered.images:
        found = site.images.find(target.address)
        if isinstance(found, Picture):
            yield found, target.line


def image_at(path: str, images: Images) -> bytes | None:
    """The image that would be published at ``path``, if there is one."""
    for found in map(images.find, images.names):
        if isinstance(found, Picture):
            for width in found.widths:
                if found.path(width) == path:
                    with suppress(Damaged):
                        return resized(found)[width]
    return None


@lru_cache(maxsize=64)
def resized(picture: Picture) -> Mapping[int, bytes]:
    """WebP by width. Raises Damaged."""
    try:
        content = picture.file.read_bytes()
    except OSError as error:
        raise Damaged from error
    with opened(content) as image:
        if digest_of(content) != picture.digest:
            raise Damaged("It changed since its header was read.")
        turn = TURNS.get(turn_of(image))
        image.draft(None, (WIDTHS[-1], WIDTHS[-1]))  # a large JPEG is halved while it is decoded
        upright = image.transpose(turn) if turn else image
        plain = on_white(upright)
        return {width: webp(plain, (width, picture.height_at(width))) for width in picture.widths}


def on_white(image: Image.Image) -> Image.Image:
    """In sRGB, and not see-through: dark lines would vanish from a dark page."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # gray in 16 bits
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image).convert("RGB")
    if image.mode not in ("RGB", "CMYK", "L"):
        image = image.convert("RGB")
    return (in_srgb(image, profile) if profile else image).convert("RGB")


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(
            image, own, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):  # a damaged profile, or one of another kind of image
        return image
    return made or image


def webp(image: Image.Image, size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3).save(file, "WEBP", quality=QUALITY)
    return file.getvalue()
