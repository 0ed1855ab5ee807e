"""Small images for a sample content folder."""

import io
from pathlib import Path

from PIL import Image


def photo(size: tuple[int, int] = (900, 600), mode: str = "RGB") -> Image.Image:
    """Red at the top, blue at the bottom."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, size[1] // 2, *size))
    return image.convert(mode)


def encoded(image: Image.Image | None = None, kind: str = "JPEG", **options) -> bytes:
    file = io.BytesIO()
    (image or photo()).save(file, kind, **options)
    return file.getvalue()


def save_image(content: Path, name: str = "entrance.jpg", data: bytes | None = None) -> Path:
    """Save ``data``, or a photo of the kind that ``name`` says, in the images of ``content``."""
    file = content / "images" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    kinds = {".png": "PNG", ".webp": "WEBP"}
    file.write_bytes(data or encoded(kind=kinds.get(file.suffix, "JPEG")))
    return file
