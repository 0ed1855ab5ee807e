"""The images of the content folder, judged by their size and header before any is decoded."""

import hashlib
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import unquote

import PIL
from PIL import ExifTags, Image

from kapsite.content_files.live_file import stamp_of
from kapsite.content_files.problems import did_you_mean
from kapsite.pages.render.images import WIDTHS, Flaw, Picture
from kapsite.pages.syntax.slugs import slug

FOLDER = "images"
ENDINGS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
LARGEST_FILE = 20_000_000  # bytes
MOST_PIXELS = 40_000_000
MOST_OBLONG = 10  # times as long as wide: a WebP file has at most 16,383 pixels on a side
NAME = re.compile(rf"{FOLDER}/[\w./-]+", re.ASCII)
# What the published files depend on besides the image itself; another recipe makes new names.
RECIPE = f"1 {WIDTHS} {PIL.__version__}"


class Images:
    """Every image of the content folder, by the name that texts use."""

    def __init__(self, content_dir: Path):
        self.content_dir = content_dir

    @cached_property
    def names(self) -> frozenset[str]:
        files = (self.content_dir / FOLDER).rglob("*")
        names = (file.relative_to(self.content_dir).as_posix() for file in files if file.is_file())
        return frozenset(name for name in names if NAME.fullmatch(name))

    def find(self, address: str) -> Picture | Flaw:
        name = unquote(address)
        if name not in self.names:
            is_inside = name.startswith(f"{FOLDER}/") and ".." not in name
            if is_inside and (self.content_dir / name).is_file():
                fix = f"Rename it to {good_name(Path(name))}, in the text too."
                return Flaw(f"The file {name} has a name that web addresses can't have.", fix)
            return Flaw(f"There is no image {address}.", self.suggestion(name))
        file = self.content_dir / name
        if not file.resolve().is_relative_to(self.content_dir.resolve() / FOLDER):
            message = f"The image {name} is only a link to a file outside of this folder."
            return Flaw(message, "Put a copy of the file here.")
        return read_picture(file, name, stamp_of(file))

    def suggestion(self, name: str) -> str:
        file = Path(name.partition("?")[0])
        by_file = {Path(known).name.lower(): known for known in self.names}
        if same := by_file.get(file.name.lower()):
            return f'Did you mean "{same}"?'
        if self.names and ":" not in name:
            return did_you_mean(name, self.names)
        return f"Put the image in {self.content_dir.name}/{FOLDER}/, then write {good_name(file)}."


def good_name(file: Path) -> str:
    """What to call an image, for a text that shows it."""
    ending = file.suffix.lower()
    return f"{FOLDER}/{slug(file.stem)}{ending if ending in ENDINGS else '.jpg'}"


@lru_cache(maxsize=512)
def read_picture(file: Path, name: str, stamp: tuple | None) -> Picture | Flaw:
    """``stamp`` identifies the version of the file: most edits are elsewhere."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            message = f"The image {name} is larger than {LARGEST_FILE // 1_000_000} MB."
            return Flaw(message, SMALLER)
        content = file.read_bytes()
    except OSError as error:
        return Flaw(f"The image {name} can't be read: {error.strerror}.", "Check its permissions.")
    try:
        with opened(content) as image:
            if flaw := flaw_in_header(image, file, name):
                return flaw
            width, height = image.size
            if turn_of(image) in ON_THEIR_SIDE:
                width, height = height, width
    except TooManyPixels:
        return Flaw(f"The image {name} has {TOO_MANY}.", SMALLER)
    except Damaged:
        return Flaw(f"The image {name} {NOT_AN_IMAGE}.", "Save a copy of it as a JPEG.")
    return Picture(file, name, digest_of(content), width, height)


SMALLER = "Save a smaller copy of it: 2,000 pixels wide are enough."
TOO_MANY = f"more than {MOST_PIXELS // 1_000_000} megapixels"
NOT_AN_IMAGE = "isn't a JPEG, PNG or WebP image, whatever its name says, or it is damaged"
ON_THEIR_SIDE = {5, 6, 7, 8}  # values of the EXIF tag Orientation


def flaw_in_header(image: Image.Image, file: Path, name: str) -> Flaw | None:
    width, height = image.size
    kind = "JPEG" if image.format == "MPO" else str(image.format)  # a JPEG with a second one in it
    if width * height > MOST_PIXELS:
        return Flaw(f"The image {name} has {TOO_MANY}.", SMALLER)
    if max(width, height) > MOST_OBLONG * min(width, height):
        message = f"The image {name} is more than {MOST_OBLONG} times as long as it is wide."
        return Flaw(message, "Cut off a part of it.")
    if getattr(image, "is_animated", False) and kind != "JPEG":
        return Flaw(
            f"The image {name} moves, and readers couldn't stop it.", "Save one still of it."
        )
    if ENDINGS.get(file.suffix.lower()) != kind:
        ending = next(ending for ending, each in ENDINGS.items() if each == kind)
        renamed = Path(name).with_suffix(ending)
        message = (
            f"The image {name} is a {kind} file, and its name ends in {file.suffix or 'nothing'}."
        )
        return Flaw(message, f"Rename it to {renamed}, in the text too.")
    return None


class Damaged(Exception):
    """An image that can't be decoded, or isn't one."""


class TooManyPixels(Damaged):
    """Said by its header."""


@contextmanager
def opened(content: bytes) -> Iterator[Image.Image]:
    """The image in ``content``; only its header is read yet. Raises Damaged, then and later."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a slip in what isn't published, such as EXIF
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(set(ENDINGS.values()))) as image:
                yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise TooManyPixels from error
    except Exception as error:  # whatever the decoders raise for a file that lies about itself
        raise Damaged from error


def turn_of(image: Image.Image) -> int:
    """The EXIF tag Orientation, 1 to 8. ``getexif`` would decode a PNG to look for it."""
    exif = Image.Exif()
    exif.load(image.info.get("exif", b""))
    return exif.get(ExifTags.Base.Orientation, 1)


def digest_of(content: bytes) -> str:
    return hashlib.sha256(RECIPE.encode() + content).hexdigest()
