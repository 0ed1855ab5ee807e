"""Files of a set, each in the content codings that make it smaller."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import brotli

from kapsite.pages.publish.serving.manifest import describe
from kapsite.pages.publish.serving.published_set import Variants

# Brotli 11 takes twice as long as 10 and saves 2 to 3 percent; for a very large file 9 is 30 times
# as fast, and a quarter larger.
QUALITY, QUALITY_OF_LARGE, LARGE = 10, 9, 131_072  # LARGE in bytes
SUFFIXES = {"identity": "", "br": ".br", "gzip": ".gz"}  # of files, by content coding
PACKED = {"image/jpeg", "image/png", "image/webp", "font/woff2"}  # formats that are compressed


@dataclass(frozen=True)
class File:
    """One address of the site and what it answers."""

    path: str
    content_type: str
    content: bytes
    made_from: str = ""  # digest of all that it shows; "": made again each time
    cache: str = "no-cache"  # the header Cache-Control

    @property
    def name(self) -> str:
        """The file's place in the set: ``/risks/`` is ``risks/index.html``."""
        return self.path.lstrip("/") + ("index.html" if self.path.endswith("/") else "")


def write_variants(folder: Path, file: File, earlier: Variants) -> dict:
    """Write one address in every content coding; return its part of the manifest."""
    target = folder / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    variants = {}
    is_packed = file.content_type in PACKED
    packed = {"identity": file.content} if is_packed else encodings(file.content, earlier)
    for coding, content in packed.items():
        Path(f"{target}{SUFFIXES[coding]}").write_bytes(content)
        variants[coding] = {
            "file": file.name + SUFFIXES[coding],
            **describe(content),
            "headers": [
                ["Content-Type", file.content_type],
                ["Cache-Control", file.cache],
                *([] if is_packed else [["Vary", "Accept-Encoding"]]),
                *([["Content-Encoding", coding]] if coding != "identity" else []),
            ],
        }
    return variants


def encodings(content: bytes, earlier: Variants) -> dict[str, bytes]:
    """``content`` in every coding that saves something, or as it was in ``earlier``."""
    if "identity" in earlier and earlier["identity"].content == content:
        return {coding: body.content for coding, body in earlier.items()}
    quality = QUALITY if len(content) <= LARGE else QUALITY_OF_LARGE
    packed = {
        "br": brotli.compress(content, quality=quality),
        "gzip": gzip.compress(content, compresslevel=9, mtime=0),
    }
    smaller = {coding: each for coding, each in packed.items() if len(each) < len(content)}
    return {"identity": content} | smaller
