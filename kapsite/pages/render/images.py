"""An image beside the content, and how a page shows it; plain Python."""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote

from kapsite.pages.syntax.slugs import slug

WIDTHS = (480, 800, 1200)  # pixels: of a phone, a sharp phone, a sharp larger screen
SIZES = "(min-width: 39rem) 37rem, 100vw"  # how wide it is shown: --reading in tokens.css
# A name, or what a camera or a program calls every image.
FILE_NAME = re.compile(
    r".*\.(?:jpe?g|png|webp|gif|svg|avif|hei[cf]|tiff?|bmp)"
    r"|(?:img|dscn?|dscf|pxl|image|photo|picture|screenshot|untitled)?[\W\d_]*",
    re.IGNORECASE,
)


class Flaw(NamedTuple):
    """Why an image can't be shown."""

    message: str
    fix: str


@dataclass(frozen=True)
class Picture:
    """An image that can be shown. ``width`` and ``height`` are pixels, turned upright."""

    file: Path
    name: str  # as a text says it: "images/entrance.jpg"
    digest: str
    width: int
    height: int

    @property
    def widths(self) -> tuple[int, ...]:
        """Those it is published in: none larger than it is, none close to another."""
        largest = min(self.width, WIDTHS[-1])
        return (*(width for width in WIDTHS if width * 1.25 <= largest), largest)

    def height_at(self, width: int) -> int:
        return max(1, round(self.height * width / self.width))

    def path(self, width: int) -> str:
        """Its address, which changes with its content."""
        return f"/images/{slug(self.file.stem)}-{width}.{self.digest[:12]}.webp"


def image_tag(picture: Picture, alternative: str, *, is_first: bool) -> str:
    """Its size is known before it arrives, so that nothing moves."""
    widths = picture.widths
    choices = ", ".join(f"{picture.path(width)} {width}w" for width in widths)
    when = "" if is_first else ' loading="lazy"'
    return (
        f'<img src="{picture.path(widths[:2][-1])}" srcset="{choices}" sizes="{SIZES}" '
        f'width="{widths[-1]}" height="{picture.height_at(widths[-1])}" '
        f'alt="{escape(alternative)}"{when} decoding="async">'
    )


def is_file_name(alternative: str, address: str) -> bool:
    """Whether the alternative text is only what the file is called."""
    name = PurePosixPath(unquote(address)).stem
    is_name = alternative.lower() == name.lower() and not name.isalpha()
    return is_name or FILE_NAME.fullmatch(alternative) is not None
