"""The site as it would be with the texts of drafts in its files."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from kapsite.editor.writing.drafts import Texts
from kapsite.pages.load.data_files import Data, read_data
from kapsite.pages.load.site import Site, with_text


def with_texts(site: Site, version: int, texts: Texts) -> Site:
    """``site``, which is as of ``version``. Its other pages stay as they were rendered."""
    data = tuple(sorted((name, text) for name, text in texts.items() if name.endswith(".yaml")))
    if data:
        site = replace(site, data=data_with(site.folder, version, data))
    for name in texts:
        if name.endswith(".md"):
            site, _ = with_text(site, name, texts[name])
    return site


@lru_cache(maxsize=4)
def data_with(folder: Path, version: int, texts: tuple[tuple[str, str], ...]) -> Data:
    with overlaid(folder, dict(texts)) as overlay:
        return read_data(overlay)


@contextmanager
def overlaid(
    folder: Path, contents: Mapping[str, str | bytes | None], pattern: str = "*.yaml"
) -> Iterator[Path]:
    """A folder with links to the files of ``folder`` that fit ``pattern``, and ``contents`` in the
    place of some; None for those that are gone."""
    with TemporaryDirectory() as top:
        overlay = Path(top) / folder.name
        for file in filter(Path.is_file, folder.rglob(pattern)):
            link = overlay / file.relative_to(folder)
            link.parent.mkdir(parents=True, exist_ok=True)
            put(file, link)
        for name, content in contents.items():
            file = overlay / name
            file.unlink(missing_ok=True)
            if content is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content.encode() if isinstance(content, str) else content)
        yield overlay


def put(file: Path, link: Path) -> None:
    """``link`` stands for ``file``. The check refuses images that are links to other folders, so
    an image is a hard link, or a copy."""
    if file.suffix in (".md", ".yaml"):
        link.symlink_to(file.absolute())
    elif file.is_symlink():
        link.symlink_to(file.readlink())
    else:
        try:
            link.hardlink_to(file)
        except OSError:  # another disk
            shutil.copy2(file, link)
