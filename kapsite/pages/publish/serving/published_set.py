"""A published set on disk: what it holds, and whether it is complete.

``set_writer`` writes sets, ``server`` serves them. The manifest has a digest of itself and the
size and ETag of every file; an ETag is a digest of the file.
"""

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

MENUS = "menu.json"
REDIRECTS = "redirects.json"
MANIFESTS = ("manifest.json", "manifest-copy.json")  # without one, no other file could be served
FORMAT = 2  # of the manifest; one more whenever older code could misread it


class Damaged(Exception):
    """Why a file of a set cannot be used, in words."""


class Body(NamedTuple):
    """One encoding of one page, ready to send."""

    etag: str
    headers: list[tuple[str, str]]
    content: bytes


Variants = Mapping[str, Body]  # by content coding: "br", "gzip", "identity"
Stamp = tuple[int, int, int]
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


def stamp_of(file: Path) -> Stamp | None:
    """Inode, size and the last change of content or permissions; None when it is no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):  # reading a pipe would never end
        return None
    return status.st_ino, status.st_size, status.st_ctime_ns


def parse_manifest(content: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
        digest, version = manifest.pop("digest", None), manifest.get("format")
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise Damaged("is cut off or overwritten") from None
    if version != FORMAT:
        raise Damaged("was written by another version of the site")
    if digest != digest_of(manifest):
        raise Damaged("was changed after it was published")
    return manifest


def make_body(about: dict, content: bytes) -> Body:
    headers = [(name, value) for name, value in about["headers"]]
    more = [("ETag", about["etag"]), ("Content-Length", str(len(content)))]
    return Body(about["etag"], headers + more, content)


def write_manifest(folder: Path, **parts) -> None:
    manifest = {"format": FORMAT} | parts
    manifest["digest"] = digest_of(manifest)
    for name in MANIFESTS:
        (folder / name).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def describe(content: bytes) -> dict[str, Any]:
    """What the manifest says about a file."""
    return {"size": len(content), "etag": etag_of(content)}


def digest_of(manifest: dict) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def etag_of(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:20]}"'
