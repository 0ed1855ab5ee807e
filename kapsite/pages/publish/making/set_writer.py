"""Writes a published set to disk and puts it in use, all at once or not at all.

A set is a folder of plain files beside their compressed copies, with a manifest. ``current`` is
a link to the set in use.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kapsite.pages.publish.serving.manifest import describe, write_manifest
from kapsite.pages.publish.serving.published_set import (
    EMPTY,
    StoredSet,
    Variants,
    all_sets,
    current_folder,
    read_set,
)
from kapsite.security.files import PUBLIC_FOLDER, make_public

from .variants import File, write_variants

KEEP_SETS = 3  # a worker may still be reading the one before; the rest is for a look back


def put_in_use(
    published_dir: Path,
    name: str,
    files: list[File],
    extras: dict[str, bytes],
    about: dict[str, Any],
    earlier: Mapping[str, Variants] = EMPTY,
) -> StoredSet:
    """Write the set and switch to it, unless it is in use undamaged. Returns the set before it.

    ``about`` goes into the manifest; compressed copies of the same bytes come from ``earlier``.
    """
    published_dir.mkdir(parents=True, exist_ok=True)
    with only_one_at_a_time(published_dir):
        before = read_set(current_folder(published_dir))
        is_needed = before.name != name or bool(before.damage)
        if is_needed:
            write_set(published_dir, name, files, extras, about, earlier)
        let_all_read(published_dir, name)  # also one that was published with stricter modes
        if is_needed:
            swap_in(published_dir, name)
            remove_old_sets(published_dir)
    return before


def let_all_read(published_dir: Path, name: str):
    sets = published_dir / "sets"
    make_public(sets / name)
    for folder in (sets, published_dir):
        folder.chmod(PUBLIC_FOLDER)


def write_set(
    published_dir: Path,
    name: str,
    files: list[File],
    extras: dict[str, bytes],
    about: dict[str, Any],
    earlier: Mapping[str, Variants] = EMPTY,
):
    """Write the set beside the others."""
    with new_folder(published_dir, name) as folder:
        pages = write_pages(folder, files, earlier)
        write_files(folder, extras.items())
        others = {extra: describe(content) for extra, content in extras.items()}
        write_manifest(folder, pages=pages, files=others, **about)


def write_pages(folder: Path, files: list[File], earlier: Mapping[str, Variants]) -> dict:
    """Their part of the manifest, by path. Compression takes long, and every core can do it."""

    def write(file: File) -> dict:
        return write_variants(folder, file, earlier.get(file.path, {}))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip((file.path for file in files), pool.map(write, files), strict=True))


@contextmanager
def new_folder(published_dir: Path, name: str) -> Iterator[Path]:
    """A folder to fill; it gets its name when all of it is on the disk."""
    sets = published_dir / "sets"
    sets.mkdir(parents=True, exist_ok=True)
    remove_unfinished(sets)
    unfinished = sets / f".unfinished-{os.getpid()}"
    try:
        unfinished.mkdir()
        yield unfinished
        os.sync()
        put_in_place(unfinished, sets / name)
    except BaseException:  # a full disk stays no fuller than it was
        remove_unfinished(sets)
        raise


def write_files(folder: Path, files: Iterable[tuple[str, bytes]]):
    for name, content in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def put_in_place(new: Path, place: Path):
    """Move ``new`` to ``place``. What is there, a damaged set, is moved away first."""
    if place.exists() or place.is_symlink():
        place.rename(place.with_name(f".damaged-{os.getpid()}"))
    new.rename(place)


def remove_unfinished(sets: Path):
    """Remove what an interrupted run left, and damaged sets that were replaced."""
    for leftover in sets.glob(".*"):
        remove(leftover)


def swap_in(published_dir: Path, name: str):
    link, current = published_dir / ".current", published_dir / "current"
    remove(link)
    link.symlink_to(Path("sets") / name)
    if current.is_dir() and not current.is_symlink():  # a copy of all the files has no links
        current.rename(published_dir / "sets" / f".copied-{os.getpid()}")
    os.replace(link, current)


def go_back(published_dir: Path) -> StoredSet | None:
    """Put the last whole set before the one in use back in use; None if there is none."""
    with only_one_at_a_time(published_dir):
        folders = all_sets(published_dir)
        names = [folder.name for folder in folders]
        in_use = current_folder(published_dir).name
        older = folders[names.index(in_use) + 1 :] if in_use in names else folders
        before = next((each for each in map(read_set, older) if not each.damage), None)
        if before:
            swap_in(published_dir, before.name)
    return before


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
