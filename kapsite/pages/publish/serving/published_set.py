"""A published set on disk: what it holds, and whether it is complete.

``set_writer`` writes sets, ``server`` serves them. The manifest has a digest of itself and the
size and ETag of every file; an ETag is a digest of the file.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from .manifest import MANIFESTS, Body, Damaged, Stamp, etag_of, make_body, parse_manifest, stamp_of

MENUS = "menu.json"
REDIRECTS = "redirects.json"


Variants = Mapping[str, Body]  # by content coding: "br", "gzip", "identity"
EMPTY: Mapping[str, Variants] = MappingProxyType({})


class StoredSet(NamedTuple):
    """A set as it was read."""

    name: str
    pages: Mapping[str, Variants]  # what of it is whole
    menus: dict[str, Any]
    files: Mapping[str, bytes]  # what no address leads to: forms, error pages
    is_complete: bool  # menus and every page can be served, if perhaps not in every coding
    damage: str  # the first that was found; "" when all of the set is whole
    stamps: Mapping[Path, Stamp | None]
    made_with: str = ""  # digest of code, templates, settings … (``toolchain``)
    made_from: Mapping[str, str] = MappingProxyType({})  # digest of what each page shows, by path

    def was_touched(self) -> bool:
        """Whether a file may have changed since it was read. Reads none of them."""
        return any(stamp_of(file) != stamp for file, stamp in self.stamps.items())

    def page_made_from(self, path: str, digest: str) -> bytes | None:
        """The plain form of the page, if ``digest`` is what it was made from."""
        return self.pages[path]["identity"].content if self.made_from.get(path) == digest else None


def current_folder(published_dir: Path) -> Path:
    """Where ``current`` leads; itself when a copy of all the files has no link."""
    current = published_dir / "current"
    try:
        return published_dir / os.readlink(current)
    except OSError:
        return current


def all_sets(published_dir: Path) -> list[Path]:
    """The folders of all sets, the newest first."""
    try:
        folders = [path for path in (published_dir / "sets").iterdir() if path.name[0] != "."]
    except OSError:
        return []
    return sorted(folders, key=lambda path: path.lstat().st_mtime, reverse=True)


def read_set(folder: Path) -> StoredSet:
    """What ``folder`` holds. Damage is described, not raised: the rest may still be served."""
    reader = Reader(folder)
    manifest = reader.manifest()
    pages = {path: reader.variants(about) for path, about in manifest["pages"].items()}
    found = {name: reader.file(name, about) for name, about in manifest["files"].items()}
    others = {name: content for name, content in found.items() if content is not None}
    menu = others.get(MENUS)
    # Without its plain form, some readers could not be answered.
    whole = {path: variants for path, variants in pages.items() if "identity" in variants}
    return StoredSet(
        folder.name,
        MappingProxyType(whole),
        json.loads(menu or "{}"),
        MappingProxyType(others),
        is_complete=menu is not None and len(whole) == len(pages),
        damage="".join(reader.damage[:1]),
        stamps=reader.stamps,
        made_with=manifest.get("made_with", ""),
        made_from=MappingProxyType(manifest.get("made_from", {})),
    )


def reusable_set(published_dir: Path, made_with: str) -> StoredSet:
    """The set in use if it is whole and ``made_with`` is the same; else only its images."""
    current = read_set(current_folder(published_dir))
    if current.damage or current.made_with != made_with:
        images = {path: each for path, each in current.pages.items() if path.endswith(".webp")}
        return current._replace(pages=images, made_from={})
    return current


class Reader:
    def __init__(self, folder: Path):
        self.folder = folder
        self.damage: list[str] = []
        self.stamps: dict[Path, Stamp | None] = {}

    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in MANIFESTS:
            try:
                whole = parse_manifest(self.content(name))
                found = found or whole
            except Damaged as error:
                self.damage.append(f"{name} {error}.")
        return found or {"pages": {}, "files": {}}

    def variants(self, about: dict) -> Variants:
        found = {coding: self.file(each["file"], each) for coding, each in about.items()}
        return MappingProxyType(
            {
                coding: make_body(about[coding], content)
                for coding, content in found.items()
                if content is not None
            }
        )

    def file(self, name: str, about: dict) -> bytes | None:
        """The file, if it is the one that the manifest is ``about``."""
        try:
            content = self.content(name, about["size"])
            if etag_of(content) == about["etag"]:
                return content
            raise Damaged("was changed after it was published")
        except Damaged as error:
            self.damage.append(f"{name} {error}.")
            return None

    def content(self, name: str, size: int | None = None) -> bytes:
        file = self.folder / name
        stamp = self.stamps[file] = stamp_of(file)
        if not stamp:
            raise Damaged("is missing, or not a file that can be read")
        if size is not None and stamp[1] != size:
            raise Damaged(f"has {stamp[1]:,} bytes instead of {size:,}")
        try:
            return file.read_bytes()
        except OSError as error:
            raise Damaged(f"cannot be read: {error.strerror}") from None
