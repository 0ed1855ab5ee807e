"""Content files -> a published set: checked, rendered, compressed, swapped in at once.

A set is a folder of plain files beside their compressed copies, with a manifest for
``serving/server.py``. ``current`` is a link to the set in use. Sets are named after what is in
them, so publishing the same content twice changes nothing, unless the set was damaged.

All content is read and checked each time. A page whose template would show the same as in the
set in use is taken from there, compressed copies too, unless ``making/toolchain.py`` says that
code, templates or libraries differ.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kapsite.content_files.problems import Problem
from kapsite.pages.publish.making.new_set import FACTS, NO_FORMS, BlankForm, NewSet, prepare
from kapsite.pages.publish.making.set_writer import put_in_use

from .differences import differences
from .launch_record import LAUNCH, is_preview, launch_record
from .serving.published_set import current_folder, read_set


@dataclass(frozen=True)
class PublishResult:
    """What ``publish`` did: the set's name, its number of pages, whether it differs from before."""

    name: str
    pages: int
    changed: bool
    damage: str = ""  # of the same set, which was written again
    warnings: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()  # what a launch requires, on a public address


def publish(
    content_dir: Path,
    published_dir: Path,
    today: date,
    forms: Mapping[str, BlankForm] = NO_FORMS,
    preview: bool = False,
    launch_anyway: str = "",
) -> PublishResult:
    """Publish all of ``content_dir`` and ``forms``, by path, or leave everything as it was.

    A ``preview`` says so on each page. ``launch_anyway`` is the reason to open a public site while
    something required is missing. Raises ContentError, NotReady, or OSError when the set cannot be
    written.
    """
    new = prepare(content_dir, published_dir, today, forms, preview)
    launch = launch_record(new.site, published_dir, today, preview, launch_anyway)
    if launch:
        new.extras[LAUNCH] = json.dumps(launch, sort_keys=True).encode()
    name = fingerprint(new)
    replaced = put_in_use(published_dir, name, new.files, new.extras, new.about, new.earlier.pages)
    changed = replaced.name != name
    damage = "" if changed else replaced.damage
    missing = tuple(launch.get("missing", ()))
    return PublishResult(name, new.pages, changed, damage, new.problems, missing)


def differences_of(
    content_dir: Path, published_dir: Path, today: date, forms: Mapping[str, BlankForm] = NO_FORMS
) -> list[str]:
    """What publishing would change for readers, in words; of a preview, as a preview again.

    Writes nothing; raises ContentError.
    """
    new = prepare(content_dir, published_dir, today, forms, is_preview(published_dir))
    folder = current_folder(published_dir)
    return differences(read_set(folder), new.files, new.clinic, folder / FACTS / "clinic.yaml")


def fingerprint(new: NewSet) -> str:
    """A name for the set. The code that decides the headers of each file is part of it."""
    digest = hashlib.sha256(new.about["made_with"].encode())
    for name, content in sorted(new.extras.items()):
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    for file in sorted(new.files, key=lambda file: file.path):
        digest.update(f"{file.path}\n{file.content_type}\n{len(file.content)}\n".encode())
        digest.update(file.content)
    return digest.hexdigest()[:16]
