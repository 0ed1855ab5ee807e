"""Content files -> a published set: checked, rendered, compressed, swapped in at once.

A set is a folder of plain files beside their compressed copies, with a manifest for the
front. ``current`` is a link to the set in use. Sets are named after what is in them, so
publishing the same content twice changes nothing, unless the set was damaged meanwhile.
"""

import fcntl
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import brotli
from django.conf import settings
from django.templatetags.static import static

from kapsite.clinic.facts import get_clinic
from kapsite.content_files.problems import ContentError, Problem, errors_among
from kapsite.security.files import PUBLIC_FOLDER, make_public
from kapsite.security.wsgi.error_pages import error_page

from .catalog import Catalog, read_catalog
from .consents import CONSENTS, consent_problems, consents_to_publish
from .navigation import menus
from .page_html import render_page
from .published_set import MENUS, all_sets, current_folder, describe, read_set, write_manifest
from .site_files import robots_txt, security_txt, sitemap_xml, web_manifest
from .social_card import SOCIAL_CARD, social_card

KEEP_SETS = 3  # a worker may still be reading the one before; the rest is for a look back
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
MANIFEST = "application/manifest+json"
PNG = "image/png"


@dataclass(frozen=True)
class PublishedSet:
    """What ``publish`` made: the set's name, how many pages, whether it differs from before."""

    name: str
    pages: int
    changed: bool
    damage: str = ""  # of the same set, which was written again
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class File:
    """One address of the site and what it answers."""

    path: str
    content_type: str
    content: bytes

    @property
    def name(self) -> str:
        """The file's place in the set: ``/risks/`` is ``risks/index.html``."""
        return self.path.lstrip("/") + ("index.html" if self.path.endswith("/") else "")


def publish(content_dir: Path, published_dir: Path, today: date) -> PublishedSet:
    """Publish all of ``content_dir``, or leave everything as it was.

    Raises ContentError, or OSError when the set cannot be written.
    """
    catalog, problems = read_catalog(content_dir, static, today)
    errors = errors_among(problems) or [*addresses_taken(catalog)]
    if errors := errors or [*consent_problems(content_dir, published_dir)]:
        raise ContentError(errors)
    files = list(render(catalog, today))
    extras = dict(extra_files(catalog))
    extras[CONSENTS] = consents_to_publish(content_dir, published_dir)
    name = fingerprint(files, extras)
    published_dir.mkdir(parents=True, exist_ok=True)
    with only_one_at_a_time(published_dir):
        in_use = read_set(current_folder(published_dir))
        changed = in_use.name != name
        is_needed = changed or bool(in_use.damage)
        sets = published_dir / "sets"
        if is_needed:
            write_set(published_dir, name, files, extras, review_days(catalog))
        make_public(sets / name)  # also one that was published with stricter modes
        for folder in (sets, published_dir):
            folder.chmod(PUBLIC_FOLDER)
        if is_needed:
            swap_in(published_dir, name)
            remove_old_sets(published_dir)
    damage = "" if changed else in_use.damage
    return PublishedSet(name, len(catalog.pages), changed, damage, tuple(problems))


def addresses_taken(catalog: Catalog) -> Iterator[Problem]:
    """Pages that would hide the staff's desk or the static files, since the front answers first."""
    taken = (f"/{settings.ADMIN_PATH}", settings.STATIC_URL, "/healthz/")
    for page in catalog.pages.values():
        if page.path.startswith(taken):
            message = f"The address {page.path} belongs to another part of the site."
            yield Problem(page.file, 1, message, "Give the file another name.")


def render(catalog: Catalog, today: date) -> Iterator[File]:
    for page in catalog.pages.values():
        yield File(page.path, HTML, render_page(catalog, page, today).encode())
    yield File("/sitemap.xml", XML, sitemap_xml(catalog).encode())
    yield File("/robots.txt", TEXT, robots_txt().encode())
    yield File("/site.webmanifest", MANIFEST, web_manifest().encode())
    name, title = get_clinic().name, catalog.pages["/"].title
    yield File(SOCIAL_CARD, PNG, social_card(name, title, settings.BASE_DIR / "static"))
    yield File("/.well-known/security.txt", TEXT, security_txt(today).encode())


def extra_files(catalog: Catalog) -> Iterator[tuple[str, bytes]]:
    """Name and content of files that no address leads to. A proxy shows the error pages when it
    gets no answer from the site: deploy/nginx."""
    yield MENUS, json.dumps(menus(catalog), ensure_ascii=False).encode()
    for status in (400, 413, 414, 429, 431, 503):
        yield f"_errors/{status}.html", error_page(status)


def fingerprint(files: list[File], extras: dict[str, bytes]) -> str:
    """A name for the set. This module is part of it: it decides the headers of each file."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name, content in sorted(extras.items()):
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    for file in sorted(files, key=lambda file: file.path):
        digest.update(f"{file.path}\n{file.content_type}\n{len(file.content)}\n".encode())
        digest.update(file.content)
    return digest.hexdigest()[:16]


def review_days(catalog: Catalog) -> dict[str, str]:
    """By when each page is to be looked at again, for the staff's overview."""
    pages = catalog.pages.values()
    return {page.path: page.review_by.isoformat() for page in pages if page.review_by}


def write_set(
    published_dir: Path,
    name: str,
    files: list[File],
    extras: dict[str, bytes],
    review_by: dict[str, str] | None = None,
):
    """Write the set beside the others; it gets its name when all of it is on the disk."""
    sets = published_dir / "sets"
    sets.mkdir(parents=True, exist_ok=True)
    remove_unfinished(sets)
    unfinished = sets / f".unfinished-{os.getpid()}"
    try:
        unfinished.mkdir()
        pages = {file.path: write_variants(unfinished, file) for file in files}
        for extra, content in extras.items():
            (unfinished / extra).parent.mkdir(exist_ok=True)
            (unfinished / extra).write_bytes(content)
        others = {extra: describe(content) for extra, content in extras.items()}
        write_manifest(unfinished, pages=pages, files=others, review_by=review_by or {})
        os.sync()
        put_in_place(unfinished, sets / name)
    except OSError:  # a full disk stays no fuller than it was
        remove_unfinished(sets)
        raise


def put_in_place(new: Path, place: Path):
    """Move ``new`` to ``place``. What is there, a damaged set, is moved away first."""
    if place.exists() or place.is_symlink():
        place.rename(place.with_name(f".damaged-{os.getpid()}"))
    new.rename(place)


def remove_unfinished(sets: Path):
    """Remove what an interrupted run left, and damaged sets that were replaced."""
    for leftover in sets.glob(".*"):
        remove(leftover)


def write_variants(folder: Path, file: File) -> dict:
    """Write one address in every content coding; return its part of the manifest."""
    target = folder / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    variants = {}
    for coding, suffix, content in encodings(file.content):
        Path(f"{target}{suffix}").write_bytes(content)
        variants[coding] = {
            "file": file.name + suffix,
            **describe(content),
            "headers": [
                ["Content-Type", file.content_type],
                ["Cache-Control", "no-cache"],
                ["Vary", "Accept-Encoding"],
                *([["Content-Encoding", coding]] if coding != "identity" else []),
            ],
        }
    return variants


def encodings(content: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Content coding, file suffix and bytes; a coding that saves nothing is left out."""
    yield "identity", "", content
    for coding, suffix, packed in (
        ("br", ".br", brotli.compress(content, quality=11)),
        ("gzip", ".gz", gzip.compress(content, compresslevel=9, mtime=0)),
    ):
        if len(packed) < len(content):
            yield coding, suffix, packed


def swap_in(published_dir: Path, name: str):
    link, current = published_dir / ".current", published_dir / "current"
    remove(link)
    link.symlink_to(Path("sets") / name)
    if current.is_dir() and not current.is_symlink():  # a copy of all the files has no links
        current.rename(published_dir / "sets" / f".copied-{os.getpid()}")
    os.replace(link, current)


def remove_old_sets(published_dir: Path):
    remove_unfinished(published_dir / "sets")
    in_use = current_folder(published_dir).name
    for old in all_sets(published_dir)[KEEP_SETS:]:
        if old.name != in_use:
            remove(old)


def remove(path: Path):
    """Whatever is at ``path``. What belongs to another user stays, and is no reason to fail."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


@contextmanager
def only_one_at_a_time(published_dir: Path):
    with (published_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
